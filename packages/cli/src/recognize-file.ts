import { readFile } from 'node:fs/promises';
import { createClient, InferenceError } from '@mnist-edge/client';
import { describeSystemError } from '@mnist-edge/command';
import { findInk, Problem } from '@mnist-edge/recognizer';
import { decodePicture, loadModel, type Precision } from '@mnist-edge/server';

/** What a picture shows. */
export interface Finding {
  readonly label: string | null;
  readonly rejection: string | null;
  /** Of each class, calibrated. */
  readonly probabilities: readonly number[];
}

export interface Source {
  /** What answers, for a person: a model's name and version, or a server's address. */
  readonly description: string;
  /**
   * @param picture a file's bytes
   * @throws {Error} with a message for the person whose file it is
   */
  recognize(picture: Uint8Array): Promise<Finding>;
  close(): Promise<void>;
}

/** Recognizes in this process. @param folder of the model bundle */
export async function inProcess(folder: string, precision: Precision = 'fp32'): Promise<Source> {
  const { bundle, recognizer, close } = await loadModel(folder, undefined, precision);
  return {
    description: `${bundle.name} ${bundle.version}${precision === 'int8' ? ' in 8-bit integers' : ''}`,
    recognize: async (bytes) => {
      const { image, lossy } = await decodePicture(bytes);
      const { label, rejection, probabilities } = await recognizer.recognize(findInk(image, lossy));
      return { label, rejection, probabilities };
    },
    close,
  };
}

/**
 * Has a server recognize.
 * @throws {Problem} when there is none at the address
 */
export async function onServer(url: string): Promise<Source> {
  const client = createClient(url);
  try {
    const { name, version } = await client.server();
    return { description: `${name} ${version} at ${url}`, recognize: client.recognize, close: async () => {} };
  } catch (error) {
    if (error instanceof InferenceError) throw new Problem(`${error.message} Start one: npm start`);
    throw error;
  }
}

export type Outcome =
  | { readonly file: string; readonly finding: Finding }
  | { readonly file: string; readonly error: string };

/** What one file shows, or why that cannot be told. */
export async function recognizeFile(file: string, source: Source): Promise<Outcome> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { file, error: whyUnreadable(error, file) };
  }
  try {
    return { file, finding: await source.recognize(bytes) };
  } catch (error) {
    return { file, error: error instanceof Error ? error.message : String(error) };
  }
}

function whyUnreadable(error: unknown, file: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'There is no such file.';
  if (code === 'EISDIR') return 'This is a folder. Name the files in it, such as folder/*.png';
  const described = describeSystemError(error, `reading ${file}`);
  return described instanceof Error ? described.message : String(error);
}
