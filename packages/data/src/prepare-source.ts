import { shown } from '@mnist-edge/command';
import { PIXELS, Problem, SIDE } from '@mnist-edge/recognizer';
import { type DatasetInfo, intact, type Split, summary } from './dataset.ts';
import { countImages, parseImages, parseLabels } from './idx.ts';
import { type FetchSettings, fetchRawFile, nextStep, type Parse } from './mirror.ts';
import { type RawFile, rawFiles, type Source } from './source.ts';
import { selectValidation } from './split.ts';
import { expectReplaceable, writeDataset } from './write-dataset.ts';

/** Seed of the split of training and validation images; fixed, so that results on different machines compare. */
export const SPLIT_SEED = 20_240_229;
/** See `recipe` of dataset.json. */
const RECIPE = 1;

/**
 * Makes a dataset folder from four IDX files: fetched, verified, split, written. Does nothing when the folder is there
 * and intact.
 * @param folder where the dataset goes
 * @param say takes lines for the person who waits
 * @throws {Problem} when a file cannot be had or is wrong; an earlier dataset is then unchanged
 */
export async function prepareSource(
  source: Source,
  folder: string,
  settings: FetchSettings,
  say: (line: string) => void,
): Promise<DatasetInfo> {
  const facts = {
    name: source.name,
    description: source.description,
    labels: [...source.labels],
    recipe: RECIPE,
    splitSeed: SPLIT_SEED,
  };
  const published = rawFiles(source).flatMap(({ name, sha256 }) => (sha256 === null ? [] : [[name, sha256]]));
  const known = published.length === 4 ? { ...facts, rawFiles: Object.fromEntries(published) } : facts;
  const present = await intact(folder, known);
  if (present !== null) {
    say(`${shown(folder)} is already prepared and intact: ${summary(present)}.`);
    return present;
  }
  // Before the long wait, not only at its end.
  await expectReplaceable(folder);
  const found: Record<string, string> = {};
  const read = async (file: RawFile, parse: Parse<Uint8Array>) => {
    const { parsed, sha256, proven } = await fetchRawFile(source, file, parse, settings);
    found[file.name] = sha256;
    if (!proven) {
      say(
        `${file.name} of ${source.name} came unpacked, and only the .gz has a published hash: its form is right, its ` +
          `bytes are taken on trust (SHA-256 ${sha256}).`,
      );
    }
    return parsed;
  };
  const labels = (file: RawFile) => read(file, (bytes, from) => parseLabels(bytes, source.labels.length, from));
  const images = async (file: RawFile) => {
    const parsed = await read(file, parseImages);
    return source.transposed ? transpose(parsed) : parsed;
  };
  // The small files first: what is wrong with a mirror shows before the long wait.
  const trainLabels = await labels(source.trainLabels);
  const testLabels = await labels(source.testLabels);
  const test = pair(source, source.testImages, await images(source.testImages), source.testLabels, testLabels);
  const all = pair(source, source.trainImages, await images(source.trainImages), source.trainLabels, trainLabels);
  if (all.count <= source.validation) {
    throw new Problem(
      `${source.trainImages.name} holds ${all.count} images, and ${source.validation} are to be set aside for ` +
        `validation: none would be left to train on.\nNext: ${nextStep(source)}`,
    );
  }
  const selection = selectValidation(all.count, source.validation, SPLIT_SEED);
  const splits = { train: pick(all, selection.train), validation: pick(all, selection.validation), test };
  // In the order of the source, not of their coming.
  const hashes = Object.fromEntries(rawFiles(source).map(({ name }) => [name, found[name]!]));
  const info = await writeDataset(folder, { ...facts, rawFiles: hashes }, splits);
  say(`${shown(folder)} is prepared: ${summary(info)}.`);
  return info;
}

/** Rows become columns: EMNIST stores its images column by column. */
function transpose(images: Uint8Array): Uint8Array {
  return images.map((_, i) => {
    const within = i % PIXELS;
    return images[i - within + (within % SIDE) * SIDE + Math.floor(within / SIDE)]!;
  });
}

function pair(source: Source, imageFile: RawFile, images: Uint8Array, labelFile: RawFile, labels: Uint8Array): Split {
  const count = countImages(images);
  if (count !== labels.length) {
    throw new Problem(
      `${imageFile.name} holds ${count} images and ${labelFile.name} ${labels.length} labels: expected as many of one ` +
        `as of the other.\nNext: ${nextStep(source)}`,
    );
  }
  return { count, images, labels };
}

function pick(all: Split, indices: Uint32Array): Split {
  const images = new Uint8Array(indices.length * PIXELS);
  indices.forEach((from, to) => {
    images.set(all.images.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
  });
  return { count: indices.length, images, labels: Uint8Array.from(indices, (index) => all.labels[index]!) };
}
