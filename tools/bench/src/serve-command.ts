/**
 * The flags that Node is given in a command such as `node --enable-source-maps dist/main.js --port 80`, so that what
 * is measured is what is deployed.
 */
export function nodeFlags(command: string): string[] {
  const [program, ...words] = command.split(/\s+/).filter((word) => word !== '');
  const file = words.findIndex((word) => !word.startsWith('-'));
  if (program !== 'node' || file < 0) throw new Error(`Not a command that runs a file with node: ${command}`);
  return words.slice(0, file);
}
