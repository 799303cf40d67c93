import {
  type Broken,
  type DatasetInfo,
  findBroken,
  findCopies,
  findLabelErrors,
  findNearCopies,
  readDatasetInfo,
  readSplit,
  type Split,
  type SplitName,
  splitNames,
} from '@mnist-edge/data';
import { PIXELS } from '@mnist-edge/recognizer';
import type { TrainConfig } from '../config.ts';
import type { StepReport } from '../epochs.ts';
import { outOfFold } from './out-of-fold.ts';

/** Images that differ by less than this are called near copies: root mean square, in grey levels of 0..255. */
export const NEAR_COPY = 8;

/** An image by its place in the dataset. */
export interface Place {
  readonly split: SplitName;
  /** In the split; for the test split of a published dataset this is the published index. */
  readonly index: number;
}

export interface LabelSuspect extends Place {
  readonly given: string;
  readonly believed: string;
  /** Probabilities that nets which never saw the image gave the two, 0..1. */
  readonly givenProbability: number;
  readonly believedProbability: number;
  /** True when it is as sure as images that bear the believed label are on average. */
  readonly confident: boolean;
}

/** What an audit found: `audit.json`. */
export interface Audit {
  readonly dataset: { readonly name: string; readonly sha256: DatasetInfo['files'] };
  readonly method: { readonly model: string; readonly folds: number; readonly epochs: number; readonly seed: number };
  /** Images by split, then by class. */
  readonly counts: Readonly<Record<SplitName, Readonly<Record<string, number>>>>;
  readonly broken: readonly (Place & Pick<Broken, 'fault'>)[];
  readonly copies: readonly (readonly Place[])[];
  readonly nearCopies: readonly { readonly places: readonly [Place, Place]; readonly difference: number }[];
  /** The surest first. */
  readonly labels: readonly LabelSuspect[];
}

export interface AuditRequest {
  /** A dataset folder, as packages/data writes it. */
  readonly folder: string;
  readonly config: TrainConfig;
  readonly folds: number;
  readonly onStep?: (fold: number, report: StepReport) => void;
  readonly onStage?: (stage: string) => void;
  readonly signal?: AbortSignal;
}

export interface Audited {
  readonly audit: Audit;
  /** 784 bytes. */
  imageAt(place: Place): Uint8Array;
}

/**
 * Looks for what is wrong with a dataset, its test split included: nothing about any model is decided by what it finds.
 * @returns null when the signal aborted
 * @throws {Problem} when the dataset cannot be read
 */
export async function auditDataset(request: AuditRequest): Promise<Audited | null> {
  const { folder, config, folds, onStage } = request;
  const info = await readDatasetInfo(folder);
  const splits = await Promise.all(splitNames.map((name) => readSplit(folder, name)));
  const all = joined(splits);
  const place = placing(splits);
  onStage?.('looking for broken images and copies');
  const broken = findBroken(all.images).map(({ index, fault }) => ({ ...place(index), fault }));
  const copies = findCopies(all.images).map((group) => group.map(place));
  onStage?.('looking for near copies');
  const nearCopies = findNearCopies(all.images, NEAR_COPY).map(({ first, second, difference }) => ({
    places: [place(first), place(second)] as const,
    difference,
  }));
  onStage?.(`judging every image by a net that never saw it: ${folds} nets, ${config.epochs} epochs each`);
  const probabilities = await outOfFold(all, { ...request, classes: info.labels.length });
  if (probabilities === null) return null;
  const labels = findLabelErrors(probabilities, all.labels, info.labels.length).map((suspect) => ({
    ...place(suspect.index),
    given: info.labels[suspect.given]!,
    believed: info.labels[suspect.believed]!,
    givenProbability: suspect.givenProbability,
    believedProbability: suspect.believedProbability,
    confident: suspect.confident,
  }));
  return {
    audit: {
      dataset: { name: info.name, sha256: info.files },
      method: { model: config.model, folds, epochs: config.epochs, seed: config.seed },
      counts: countClasses(info, splits),
      broken,
      copies,
      nearCopies,
      labels,
    },
    imageAt: ({ split, index }) =>
      splits[splitNames.indexOf(split)]!.images.subarray(index * PIXELS, (index + 1) * PIXELS),
  };
}

function joined(splits: readonly Split[]): Split {
  return {
    count: splits.reduce((sum, { count }) => sum + count, 0),
    images: new Uint8Array(Buffer.concat(splits.map(({ images }) => images))),
    labels: new Uint8Array(Buffer.concat(splits.map(({ labels }) => labels))),
  };
}

/** From an index in all images, as `joined` puts them, to a place. */
function placing(splits: readonly Split[]): (index: number) => Place {
  return (index) => {
    let rest = index;
    const at = splits.findIndex(({ count }) => {
      if (rest < count) return true;
      rest -= count;
      return false;
    });
    return { split: splitNames[at]!, index: rest };
  };
}

function countClasses(info: DatasetInfo, splits: readonly Split[]): Audit['counts'] {
  const count = ({ labels }: Split) =>
    Object.fromEntries(
      info.labels.map((name, label) => [name, labels.reduce((sum, found) => sum + Number(found === label), 0)]),
    );
  const [train, validation, test] = splits.map(count);
  return { train: train!, validation: validation!, test: test! };
}
