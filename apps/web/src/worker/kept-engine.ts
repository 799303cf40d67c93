import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { type EngineSession, Tensor } from '../engine.ts';
import type { EngineImage } from '../engine-image.ts';
import type { TensorNames } from './as-opened.ts';

/** An engine as it was when a model had been opened. */
export interface KeptEngine extends TensorNames {
  readonly image: EngineImage;
  /** URL of the .wasm file that goes on from it. */
  readonly wasm: string;
  /** SHA-256 of the model's file: what is served at its address may be another by now. */
  readonly sha256: string;
  readonly probe: Probe;
  /** To the probe: whoever goes on from the image must get the same. */
  readonly answer: readonly number[];
}

/** A question that every model can answer: what it gives for a picture that is always the same. */
export interface Probe {
  /** Names of the model's input and of an output. */
  readonly input: string;
  readonly output: string;
}

export async function answerTo({ input, output }: Probe, session: EngineSession): Promise<number[]> {
  const picture = Float32Array.from({ length: PIXELS }, (_, i) => ((i * 37) % 256) / 255);
  const results = await session.run({ [input]: new Tensor('float32', picture, [1, SIDE, SIDE, 1]) }, [output]);
  const { data } = results[output]!;
  return data instanceof Float32Array ? [...data] : [];
}

/** An engine on the shelf, whose memory is still to be fetched from there. */
export type FoundEngine = Omit<KeptEngine, 'image'> & {
  /** @throws when it is not what was kept */
  image(): Promise<EngineImage>;
};

/** Where the engine of earlier visits is kept: one for each model's address, in the browser's Cache Storage. */
export interface Shelf {
  /** @throws when what is there is not what was kept */
  find(): Promise<FoundEngine | null>;
  /** Keeps an engine, and none of other builds, whose memory is laid out otherwise. */
  keep(engine: KeptEngine): Promise<void>;
  drop(): Promise<void>;
}

const CACHE = 'mnist-edge-engine';
/** Everything but the memory, as a header of it. */
const NOTE = 'x-engine';

type Note = Omit<KeptEngine, 'image'> &
  Omit<EngineImage, 'memory'> & {
    /** SHA-256 of the memory: an engine that goes on from another may never come to an end. */
    readonly memory: string;
  };

/**
 * @param script URL of the script that runs the engine: its name changes with every build, and so with the runtime
 * @param model what tells the model from others of this page
 * @returns null where nothing can be kept: on a page that is not secure, or in a script that has no address of its own
 */
export function openShelf(script: string, model: string): Shelf | null {
  if (!('caches' in globalThis) || !/^https?:/.test(script)) return null;
  const place = new URL(script);
  place.hash = '';
  place.search = '?model=';
  const build = place.href;
  place.searchParams.set('model', model);

  return {
    async find() {
      const found = await caches.match(place, { cacheName: CACHE });
      if (found === undefined) return null;
      const { session, pieces, constants, memory: expected, ...note }: Note = JSON.parse(found.headers.get(NOTE)!);
      return {
        ...note,
        async image() {
          const memory = new Uint8Array(await found.arrayBuffer());
          if ((await sha256(memory)) !== expected) throw new Error('The memory that was kept has changed.');
          return { memory, pieces, constants, session };
        },
      };
    },

    async keep({ image: { memory, ...parts }, ...rest }) {
      const cache = await caches.open(CACHE);
      for (const { url } of await cache.keys()) {
        if (!url.startsWith(build)) await cache.delete(url);
      }
      const note: Note = { ...rest, ...parts, memory: await sha256(memory) };
      const headers = { 'content-type': 'application/octet-stream', [NOTE]: JSON.stringify(note) };
      await cache.put(place, new Response(memory, { headers }));
    },

    async drop() {
      await (await caches.open(CACHE)).delete(place);
    },
  };
}

/** By the browser, which is quicker at it than a script, and busies no thread that is waited for. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
