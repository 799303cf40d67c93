import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeSystemError, shown } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { type DownloadSettings, download } from './download.ts';
import { Absent, type Accepted, Unusable, verify } from './raw-file.ts';
import { type RawFile, rawFiles, type Source } from './source.ts';

export interface FetchSettings extends DownloadSettings {
  /** Where downloads are kept, finished or not. */
  readonly downloads: string;
}

/** Reads a raw file's bytes into what is needed, or throws a Problem that says what is wrong with them. */
export type Parse<Parsed> = (bytes: Uint8Array, from: string) => Parsed;

/**
 * Turns what a person typed into a mirror: a base URL, or an absolute folder.
 * @param base the folder that relative paths start from
 * @throws {Problem} for a URL that is neither http, https nor file
 */
export function mirrorFrom(typed: string, base: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(typed)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(base, typed);
  if (!['http', 'https', 'file'].includes(scheme) || !URL.canParse(typed)) {
    throw new Problem(
      `The mirror "${typed}" is neither a folder nor a valid URL that begins with http:// or https://. Check how it is written.`,
    );
  }
  if (scheme === 'file') return fileURLToPath(`file://${new URL(typed).pathname}`);
  return typed.endsWith('/') ? typed : `${typed}/`;
}

/**
 * Gets one of a source's files from the first mirror that has it whole and right.
 * @throws {Problem} when none has it, with what was wrong at each and what to do
 */
export async function fetchRawFile<Parsed>(
  source: Source,
  file: RawFile,
  parse: Parse<Parsed>,
  settings: FetchSettings,
): Promise<Accepted<Parsed>> {
  const check = (bytes: Uint8Array, from: string) => verify(bytes, file, rawFiles(source), parse, from);
  const faults: string[] = source.mirrors.length > 0 ? [] : ['No public mirror serves it as a file of its own.'];
  for (const mirror of source.mirrors) {
    try {
      return await fromMirror(mirror, file, check, settings);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      faults.push(error.message);
    }
  }
  throw new Problem(
    `${file.name} of ${source.name} could not be had.\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n` +
      `Next: ${nextStep(source)}`,
  );
}

/** What to do when a dataset cannot be had. */
export function nextStep(source: Source): string {
  const archive = source.archive === undefined ? '' : `get ${source.archive} and unpack it; then\n  `;
  return (
    `${archive}put ${rawFiles(source)
      .map(({ name }) => `${name}.gz`)
      .join(', ')} in a folder and run\n` +
    `    npx nx run data:prepare --dataset=${source.name} --mirror=FOLDER   (a base URL will do as well)\n` +
    '  or do without: digits drawn by this program, with no network, by\n' +
    '    npx nx run data:prepare --dataset=synthetic\n' +
    '  A dataset that was prepared before is unchanged.'
  );
}

type Check<Parsed> = (bytes: Uint8Array, from: string) => Promise<Parsed>;

/** Mirrors hold the files gzipped; some folders hold them unpacked. */
async function fromMirror<Parsed>(
  mirror: string,
  file: RawFile,
  check: Check<Parsed>,
  settings: FetchSettings,
): Promise<Parsed> {
  const remote = /^https?:/.test(mirror);
  if (!remote) await expectFolder(mirror);
  const why = new Set<string>();
  for (const name of [`${file.name}.gz`, file.name]) {
    try {
      return await (remote
        ? fromServer(new URL(name, mirror).href, name, file, check, settings)
        : fromFolder(join(mirror, name), check));
    } catch (error) {
      if (!(error instanceof Absent)) throw error;
      why.add(error.message);
    }
  }
  throw new Unusable(`${shown(mirror)} has neither ${file.name}.gz nor ${file.name} (${[...why].join(', ')}).`);
}

async function expectFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) throw new Unusable(`${shown(path)}: there is no such folder (${found.code}).`);
  if (!found.isDirectory()) throw new Unusable(`${shown(path)} is a file; a mirror is a folder or a base URL.`);
}

async function fromFolder<Parsed>(path: string, check: Check<Parsed>): Promise<Parsed> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Absent('no such file') : describeSystemError(error, `reading ${shown(path)}`);
  });
  return check(bytes, shown(path));
}

async function fromServer<Parsed>(
  url: string,
  name: string,
  file: RawFile,
  check: Check<Parsed>,
  settings: FetchSettings,
): Promise<Parsed> {
  // By URL, because the gzip data of two mirrors may differ: a part from one cannot be completed from another.
  const key = createHash('sha256').update(url).digest('hex').slice(0, 8);
  const kept = join(settings.downloads, `${key}-${name}`);
  const leftovers = (await exists(kept)) || (await exists(`${kept}.part`));
  if (!(await exists(kept))) await download(url, kept, file.bytes + 65_536, settings);
  try {
    return await check(await readFile(kept), url);
  } catch (error) {
    await rm(kept, { force: true });
    // What an earlier run left may be to blame; a clean download decides.
    if (!(error instanceof Unusable) || !leftovers) throw error;
  }
  return fromServer(url, name, file, check, settings);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
