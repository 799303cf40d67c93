// Prints what Nx needs to know of the folder of pictures, so that `data:prepare -c folder` runs again when one changes:
// names, sizes and times of its files. Prints nothing where there is no such folder.
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = process.env.MNIST_EDGE_FOLDER;
try {
  if (folder) {
    const base = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
    for (const entry of readdirSync(base, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) console.log(path, statSync(path).size, statSync(path).mtimeMs);
    }
  }
} catch {
  // data:prepare says what is wrong with it.
}
