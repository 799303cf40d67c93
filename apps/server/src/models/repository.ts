import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Refusal } from '../http/refusal.ts';
import type { Precision } from '../settings.ts';
import { loadModel, type Model, type Queueing } from './model.ts';
import { inOrder, type Models, modelsOf } from './models.ts';

/** One model of the folder, as the protocol's repository extension lists it. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'UNAVAILABLE';
  /** Why it is unavailable; empty where it is not. */
  readonly reason: string;
}

export interface Repository {
  readonly models: Models;
  index(): readonly IndexEntry[];
  /** Looks at the folder now. Never fails: what cannot be loaded is logged and listed, and what served goes on. */
  refresh(): Promise<void>;
  /** Loads a model (again) from the folder. @throws {Refusal} 400 where none of that name can be loaded */
  load(name: string): Promise<void>;
  /** Takes a model out of service until it is loaded again. @throws {Refusal} 400 where there is none of that name */
  unload(name: string): Promise<void>;
  /** Stops looking, and frees all models once nobody uses them. */
  close(): Promise<void>;
}

export interface RepositoryOptions {
  /** A bundle, or a folder with bundles one or two folders down: `<name>/`, `<name>/<version>/`. */
  readonly folder: string;
  readonly mainModel: string;
  /** Which model of each bundle is loaded. */
  readonly precision: Precision;
  /** Between two looks at the folder; 0 for none but the first. */
  readonly pollMs: number;
  readonly queueing: (model: { readonly name: string; readonly version: string }) => Queueing;
  readonly log: Logger;
  /** Told of every bundle that was refused. */
  readonly onRefused?: () => void;
}

/** A bundle's folder. */
interface Shelf {
  readonly path: string;
  /** Of the files as they were when they were last tried; see `fingerprintOf`. */
  fingerprint: string;
  model: Model | null;
  /** Of the model that was loaded from it last. */
  identity: { readonly name: string; readonly version: string } | null;
  /** Why the files of that fingerprint were refused. */
  reason: string | null;
  /** Looks in a row that did not find the folder. */
  missed: number;
}

/** A folder that is being replaced is missing for a moment. */
const MOST_MISSED = 2;

/**
 * Opens a model folder: loads all bundles in it, and goes on looking for new and changed ones. A bundle is verified,
 * loaded, warmed up and held against its golden examples before it takes its predecessor's place; requests that still
 * use the predecessor finish with it.
 * @throws {Problem} when not a single bundle can be loaded: the first one's reason
 */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  const { folder, pollMs, precision, queueing, log, onRefused } = options;
  const shelves = new Map<string, Shelf>();
  /** Names that were unloaded on demand. */
  const resting = new Set<string>();
  let serving: readonly Model[] = [];
  let firstProblem: unknown = null;
  /** One look at a time. */
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let ready = false;

  await refresh();
  if (serving.length === 0) throw firstProblem ?? new Error(`There is no model in ${folder}.`);
  ready = true;
  if (pollMs > 0) poll();

  function poll(): void {
    timer = setTimeout(() => void refresh().then(() => closed || poll()), pollMs);
    timer.unref();
  }

  function refresh(): Promise<void> {
    last = last.then(look).catch((error: unknown) => {
      firstProblem ??= error;
      log.error({ err: error }, 'the model folder cannot be read');
    });
    return last;
  }

  async function look(): Promise<void> {
    const paths = await bundlesIn(folder);
    for (const path of paths) {
      const fingerprint = await fingerprintOf(path);
      const shelf = shelves.get(path) ?? {
        path,
        fingerprint: '',
        model: null,
        identity: null,
        reason: null,
        missed: 0,
      };
      shelves.set(path, shelf);
      shelf.missed = 0;
      if (shelf.fingerprint !== fingerprint && !closed) {
        shelf.fingerprint = fingerprint;
        await stock(shelf);
      }
    }
    for (const shelf of shelves.values()) {
      // A model that is all there is goes on without its folder.
      if (paths.includes(shelf.path) || shelf.path === folder || ++shelf.missed < MOST_MISSED) continue;
      shelves.delete(shelf.path);
      replace(shelf, null);
    }
  }

  /** Loads what lies on a shelf now; when it is bad, what was loaded from it before stays. */
  async function stock(shelf: Shelf): Promise<void> {
    try {
      const model = await loadModel(shelf.path, queueing, precision);
      const { name, version } = model.bundle;
      const other = [...shelves.values()].find(
        (each) => each !== shelf && each.model?.bundle.name === name && each.model.bundle.version === version,
      );
      if (other !== undefined) {
        await model.close();
        throw new Error(`${shelf.path} holds ${name} ${version}, which is served from ${other.path} already.`);
      }
      shelf.reason = null;
      shelf.identity = { name, version };
      replace(shelf, model);
      // At the start the greeting says it.
      log[ready ? 'info' : 'debug']({ model: name, version, precision, sha256: model.sha256 }, 'model loaded');
    } catch (error) {
      firstProblem ??= error;
      shelf.reason = error instanceof Error ? error.message : String(error);
      log.warn({ folder: shelf.path, reason: shelf.reason }, 'model refused');
      onRefused?.();
    }
  }

  function replace(shelf: Shelf, model: Model | null): void {
    const old = shelf.model;
    shelf.model = model;
    serving = inOrder(
      [...shelves.values()].flatMap((each) =>
        each.model === null || resting.has(each.model.bundle.name) ? [] : [each.model],
      ),
    );
    old?.close().catch((error: unknown) => log.error({ err: error }, 'a replaced model cannot be freed'));
  }

  const named = (name: string) => [...shelves.values()].filter(({ identity }) => identity?.name === name);

  return {
    models: modelsOf(() => serving, options.mainModel),
    index: () =>
      [...shelves.values()].map(({ path, model, identity, reason }) => {
        const { name, version } = identity ?? { name: path.slice(folder.length + 1) || path, version: '' };
        const ready = model !== null && serving.includes(model);
        return { name, version, state: ready ? 'READY' : 'UNAVAILABLE', reason: ready ? '' : (reason ?? 'unloaded') };
      }),
    refresh,
    load: async (name) => {
      resting.delete(name);
      for (const shelf of named(name)) shelf.fingerprint = '';
      await refresh();
      if (serving.some(({ bundle }) => bundle.name === name)) return;
      const reasons = [...shelves.values()].flatMap(({ reason }) => reason ?? []);
      throw new Refusal(400, `No model ${JSON.stringify(name)} can be loaded. ${reasons.join(' ')}`.trim());
    },
    unload: async (name) => {
      if (!serving.some(({ bundle }) => bundle.name === name)) {
        throw new Refusal(400, `There is no model ${JSON.stringify(name)} to unload.`);
      }
      resting.add(name);
      for (const shelf of named(name)) {
        replace(shelf, null);
        shelf.reason = 'unloaded';
      }
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await last;
      const models = [...shelves.values()].flatMap(({ model }) => model ?? []);
      await Promise.all(models.map((model) => model.close()));
    },
  };
}

/** Folders with a `bundle.json`: the folder itself, or such one or two folders down. */
async function bundlesIn(folder: string, depth = 2): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  // With no bundle anywhere the folder itself is tried, so that the reason says what is missing.
  if (entries.some(({ name }) => name === 'bundle.json') || (depth === 2 && entries.length === 0)) return [folder];
  if (depth === 0) return [];
  const deeper = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const found = await Promise.all(deeper.map(({ name }) => bundlesIn(join(folder, name), depth - 1)));
  return found.flat();
}

/** Changes when any file of a folder does: names, sizes, times, identities. */
async function fingerprintOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const { size, mtimeMs, ino } = await stat(path).catch(() => ({ size: -1, mtimeMs: 0, ino: 0 }));
        return `${path} ${size} ${mtimeMs} ${ino}`;
      }),
  );
  return files.sort().join('\n') || 'empty';
}
