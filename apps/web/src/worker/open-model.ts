import type { Bundle, OrtSession } from '@mnist-edge/recognizer';
import type { Engine, EngineSession, Tensor } from '../engine.ts';
import { fetchBundle, fetchModel, modelFile, openSession, type Precision, startRuntime } from '../runtime.ts';
import { answerTo, type KeptEngine, type Shelf } from './kept-engine.ts';
import { type GraphNode, graphNodes, lastLayerInput, withOutputs } from './onnx-graph.ts';

/** How a model is opened. */
export interface OpenOptions {
  /** URL of onnxruntime's .wasm file; without it, of the copy in the build. */
  readonly wasm?: string;
  readonly precision: Precision;
  /** Where started engines are kept from one visit to the next; null where none is. */
  readonly shelf: Shelf | null;
}

/** An open model, and the tensors in its graph that may be asked for. */
export interface OpenModel {
  readonly bundle: Bundle;
  readonly session: OrtSession<Tensor>;
  /** What the last layer is given. */
  readonly features: string;
  /** What the convolutions give. */
  readonly layers: readonly string[];
}

/** @throws {Problem} when a file cannot be fetched, is not the published one, or onnxruntime cannot open it */
export async function openModel(modelUrl: string, options: OpenOptions): Promise<OpenModel> {
  const { shelf } = options;
  const starting = startRuntime(options);
  const resuming = shelf === null ? Promise.resolve(null) : resume(starting, shelf);
  // Both are awaited below; until then nothing else would hear of a failure.
  for (const promise of [starting, resuming]) promise.catch(() => {});
  const bundle = await fetchBundle(modelUrl);
  const file = modelFile(bundle, options.precision);
  const { sha256 } = bundle.files[file]!;
  const resumed = await resuming.catch(() => 'spoiled' as const);
  if (shelf !== null && resumed !== null) {
    // The engine is used up. What is kept helps, and never hinders: the model is opened as on a first visit.
    const anew = async () => {
      const empty = await shelf.drop().then(
        () => shelf,
        () => null,
      );
      return openModel(modelUrl, { ...options, shelf: empty });
    };
    if (resumed === 'spoiled' || resumed.kept.sha256 !== sha256) return anew();
    const { features, layers } = resumed.kept;
    return { features, layers, bundle, session: probed(resumed, anew) };
  }

  const model = await fetchModel(modelUrl, bundle, file);
  const names = tensorNames(graphNodes(model), bundle.outputs.logits);
  const shown = withOutputs(model, [...new Set([names.features, ...names.layers])]);
  const session = openSession(await starting, bundle, file, shown);
  const image = shelf === null ? null : session.image();
  if (shelf !== null && image !== null) {
    const probe = { input: bundle.input.name, output: bundle.outputs.logits };
    const answer = await answerTo(probe, session);
    // Nobody waits for it, and where there is no room for it all goes on as before.
    shelf.keep({ ...names, sha256, image, probe, answer }).catch(() => {});
  }
  return { ...names, bundle, session };
}

/** An engine that goes on from where an earlier one was. */
interface Resumed {
  readonly kept: KeptEngine;
  readonly session: EngineSession;
}

/**
 * Goes on from the engine that was kept, if one was.
 * @throws when it is not as it was kept
 */
async function resume(starting: Promise<Engine>, shelf: Shelf): Promise<Resumed | null> {
  const kept = await shelf.find();
  return kept && { kept, session: (await starting).resume(kept.image) };
}

/**
 * A session that runs only when the engine gives the answer that it gave when it was kept; else one that was opened anew
 * runs in its place. The answer takes as long as a first drawing's, and is worked out before there is one to wait for it.
 */
function probed({ kept, session }: Resumed, anew: () => Promise<OpenModel>): OrtSession<Tensor> {
  const isRight = async () => (await answerTo(kept.probe, session)).join() === kept.answer.join();
  const sound = afterThis()
    .then(isRight)
    .catch(() => false)
    .then(async (right) => (right ? session : (await anew()).session));
  // Whoever runs it is told.
  sound.catch(() => {});
  return { run: async (feeds, fetches) => (await sound).run(feeds, fetches) };
}

/** When whoever waits for the model has been told that it is there. */
function afterThis(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}

function tensorNames(nodes: readonly GraphNode[], logits: string): Pick<OpenModel, 'features' | 'layers'> {
  return {
    features: lastLayerInput(nodes, logits),
    layers: nodes.filter(({ op }) => op === 'Relu').map(({ outputs }) => outputs[0]!),
  };
}
