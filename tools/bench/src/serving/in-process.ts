import { openModel } from '../model.ts';

/** Runs a model as fast as one process can for some seconds, and prints how many images that were. */
const [folder, batch, seconds] = process.argv.slice(2);
const model = await openModel(folder!);
for (let i = 0; i < 20; i++) await model.run(Number(batch));
const started = performance.now();
let images = 0;
while (performance.now() - started < Number(seconds) * 1000) {
  await model.run(Number(batch));
  images += Number(batch);
}
process.stdout.write(JSON.stringify({ imagesPerSecond: (images * 1000) / (performance.now() - started) }));
await model.close();
