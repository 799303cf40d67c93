import type { Bundle, OrtSession } from '@mnist-edge/recognizer';
import type { EngineSession, Tensor } from '../engine.ts';
import {
  fetchBundle,
  fetchModel,
  modelFile,
  openSession,
  type Precision,
  startRuntime,
  wholeRuntime,
} from '../runtime.ts';
import { asOpened, type TensorNames } from './as-opened.ts';
import { answerTo, type FoundEngine, type Probe, type Shelf } from './kept-engine.ts';
import { resumingRuntime, startedEngine } from './started-engine.ts';

/** How a model is opened. */
export interface OpenOptions {
  /** URL of onnxruntime's .wasm file; without it, of those in the build. */
  readonly wasm?: string;
  readonly precision: Precision;
  /** Where started engines are kept from one visit to the next; null where none is. */
  readonly shelf: Shelf | null;
}

/** An open model, and the tensors in its graph that may be asked for. */
export interface OpenModel extends TensorNames {
  readonly bundle: Bundle;
  readonly session: OrtSession<Tensor>;
}

/**
 * `web:trim` makes two files of onnxruntime's, which have only the functions that the build's own models call: one opens a
 * model, and is a third of it; the other goes on from an engine that was started before, and is a tenth. Vite copies them
 * into the build and puts their addresses here.
 */
const openingRuntime = new URL('../../trim/dist/onnxruntime-opening.wasm', import.meta.url).href;

/** @throws {Problem} when a file cannot be fetched, is not the published one, or onnxruntime cannot open it */
export async function openModel(modelUrl: string, options: OpenOptions): Promise<OpenModel> {
  const fetching = heard(fetchBundle(modelUrl));
  const keptOrAnew = () => openKept(modelUrl, fetching, options);
  const isUsual = options.wasm === undefined && options.precision === 'fp32';
  const started = isUsual ? startedEngine(modelUrl) : null;
  return started === null ? keptOrAnew() : goOn(started, fetching, options, keptOrAnew);
}

/** Goes on from what an earlier visit kept, where one did. */
async function openKept(modelUrl: string, fetching: Promise<Bundle>, options: OpenOptions): Promise<OpenModel> {
  const { shelf } = options;
  // What is kept helps, and never hinders.
  const kept = shelf === null ? null : await shelf.find().catch(() => null);
  if (shelf === null || kept === null) return openAnew(modelUrl, fetching, options);
  const anew = async () => openAnew(modelUrl, fetching, { ...options, shelf: await emptied(shelf) });
  return goOn(kept, fetching, options, anew);
}

/** Goes on from an engine where it has the bundle's model, and as it was; else otherwise. */
async function goOn(
  found: FoundEngine,
  fetching: Promise<Bundle>,
  { precision }: OpenOptions,
  otherwise: () => Promise<OpenModel>,
): Promise<OpenModel> {
  const resuming = heard(resume(found));
  const bundle = await fetching;
  if (found.sha256 !== bundle.files[modelFile(bundle, precision)]!.sha256) return otherwise();
  const session = await resuming.catch(() => null);
  if (session === null) return otherwise();
  const { features, weights, layers, probe, answer } = found;
  return { features, weights, layers, bundle, session: orElse(sound(session, probe, answer), otherwise) };
}

/** Opens the model's file. */
async function openAnew(modelUrl: string, fetching: Promise<Bundle>, options: OpenOptions): Promise<OpenModel> {
  const { wasm } = options;
  if (wasm !== undefined) return openFile(wasm, modelUrl, fetching, options);
  // Other models than the build's call other functions.
  const whole = () => openFile(wholeRuntime, modelUrl, fetching, options);
  try {
    const open = await openFile(openingRuntime, modelUrl, fetching, options);
    return { ...open, session: orElse(Promise.resolve(open.session), whole) };
  } catch (error) {
    if (isTrap(error)) return whole();
    throw error;
  }
}

async function openFile(
  wasm: string,
  modelUrl: string,
  fetching: Promise<Bundle>,
  { precision, shelf }: OpenOptions,
): Promise<OpenModel> {
  const starting = heard(startRuntime({ wasm }));
  const bundle = await fetching;
  const file = modelFile(bundle, precision);
  const { model, ...names } = asOpened(await fetchModel(modelUrl, bundle, file), bundle);
  const session = openSession(await starting, bundle, file, model);
  const image = shelf === null ? null : session.image();
  if (shelf !== null && image !== null) {
    const { sha256 } = bundle.files[file]!;
    const probe = { input: bundle.input.name, output: bundle.outputs.logits };
    const answer = await answerTo(probe, session);
    const goesOn = wasm === openingRuntime ? resumingRuntime : wasm;
    // Nobody waits for it, and where there is no room for it all goes on as before.
    shelf.keep({ ...names, wasm: goesOn, sha256, image, probe, answer }).catch(() => {});
  }
  return { ...names, bundle, session };
}

/** @throws when the engine is not as it was, or what runs it cannot be had */
async function resume(kept: FoundEngine): Promise<EngineSession> {
  const [engine, image] = await Promise.all([startRuntime({ wasm: kept.wasm }), kept.image()]);
  return engine.resume(image);
}

/**
 * A session that gives the answer that it gave when it was kept. The answer takes as long as a first drawing's, and is
 * worked out when whoever waits for the model has been told that it is there, before there is a drawing to wait for it.
 * @throws when it gives another
 */
async function sound(session: EngineSession, probe: Probe, answer: readonly number[]): Promise<EngineSession> {
  await new Promise<void>((resolve) => void setTimeout(resolve));
  if ((await answerTo(probe, session)).join() !== answer.join()) throw new Error('The engine has changed.');
  return session;
}

/** A session that is another from when the first is found not to be sound, or calls a function that was left out. */
function orElse(first: Promise<OrtSession<Tensor>>, other: () => Promise<OpenModel>): OrtSession<Tensor> {
  const otherSession = async () => (await other()).session;
  // Whoever runs it is told.
  let current = heard(first.catch(otherSession));
  return {
    async run(feeds, fetches) {
      const asked = current;
      try {
        return await (await asked).run(feeds, fetches);
      } catch (error) {
        if (!isTrap(error)) throw error;
        if (current === asked) current = heard(otherSession());
        return (await current).run(feeds, fetches);
      }
    },
  };
}

/** Says whether WebAssembly ended with an error of its own, as a function does that was left out. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || (error instanceof Error && isTrap(error.cause));
}

/** The shelf with nothing on it; null where it cannot be had so. */
function emptied(shelf: Shelf): Promise<Shelf | null> {
  return shelf.drop().then(
    () => shelf,
    () => null,
  );
}

/** A promise that is awaited later; until then nobody else would hear of a failure. */
function heard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
