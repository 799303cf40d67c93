import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { datasetFolder, readSplit } from '@mnist-edge/data';
import { type Bundle, PIXELS, Problem, parseBundle, topK, toTensor } from '@mnist-edge/recognizer';
import { pythonFolder } from './venv.ts';

export const PROTOCOLS = ['http', 'http-json', 'grpc'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What tritonclient got from a server. */
export interface Clients {
  /** What the server said about itself. */
  readonly said: {
    readonly live: boolean;
    readonly ready: boolean;
    readonly modelReady: boolean;
    readonly server: { readonly name: string };
    readonly model: { readonly name: string };
  };
  readonly images: number;
  /** How many of them it got right. */
  readonly right: number;
}

export interface TritonRequest {
  /** The folder of the programs of tritonclient's environment. */
  readonly bin: string;
  readonly protocol: Protocol;
  /** host:port */
  readonly address: string;
  readonly model: string;
  /** The first so many test images; all where left out. */
  readonly count?: number;
  /** Images in a request. */
  readonly batch: number;
}

/**
 * Sends MNIST's test images through tritonclient. The pixels are scaled and the answers read by this project's own code,
 * the one implementation of both; what lies between is the client's.
 * @throws {Problem} with what Python said, when the client fails
 */
export async function inferWithTritonclient(request: TritonRequest): Promise<Clients> {
  const { bin, protocol, address, model, batch } = request;
  const { images, labels } = await readSplit(datasetFolder('mnist'), 'test');
  const count = Math.min(request.count ?? labels.length, labels.length);
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-triton-'));
  const paths = { images: join(folder, 'images'), probabilities: join(folder, 'probabilities') };
  try {
    const tensor = toTensor(images.subarray(0, count * PIXELS));
    await writeFile(paths.images, new Uint8Array(tensor.buffer));
    const { stdout } = await promisify(execFile)(
      join(bin, 'python'),
      [
        join(pythonFolder, 'infer_with_tritonclient.py'),
        ...['--protocol', protocol, '--address', address, '--model', model, '--batch', String(batch)],
        ...['--images', paths.images, '--probabilities', paths.probabilities],
      ],
      { maxBuffer: 2 ** 24 },
    ).catch((error: Error & { stderr?: string }) => {
      throw new Problem(
        `tritonclient (${protocol}) failed at ${address}: ${(error.stderr ?? error.message).slice(-1500)}`,
      );
    });
    const bytes = await readFile(paths.probabilities);
    const probabilities = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const width = probabilities.length / count;
    let right = 0;
    for (let i = 0; i < count; i++) {
      if (topK(probabilities.subarray(i * width, (i + 1) * width), 1)[0] === labels[i]) right++;
    }
    return { said: JSON.parse(stdout), images: count, right };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The bundle that a server of ours serves, as the server itself hands it out. */
export async function servedBundle(url: string): Promise<Bundle> {
  const response = await fetch(`${url}/model/bundle.json`);
  if (!response.ok) throw new Problem(`${url}/model/bundle.json answered ${response.status}`);
  return parseBundle(await response.json());
}
