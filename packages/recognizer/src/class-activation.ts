import { Problem } from './problem.ts';
import type { OrtTensor } from './recognizer.ts';
import { chooseTarget } from './target.ts';
import { PIXELS, SIDE } from './tensor.ts';

/** What a net's last layer made of one image, by one forward pass; `lastLayer` names the tensors. */
export interface LastLayerTensors {
  /** `[1, height, width, channels]`: what the last convolution gave. */
  readonly features: OrtTensor;
  /**
   * `[channels, classes]` where the last layer is given the mean of each channel over all places;
   * `[height · width · channels, classes]` where it is given them all in one row.
   */
  readonly weights: OrtTensor;
  /** `[1, classes]` */
  readonly logits: OrtTensor;
}

export interface ClassActivationMap {
  /** Index of the class that is explained. */
  readonly target: number;
  /** Its logit for the image. */
  readonly logit: number;
  /**
   * 28 × 28, row-major, in units of the logit: what the place speaks for the class, or below 0 against it. The logit is
   * the mean of all places and the class's bias, which is the same for every image. (To float32's rounding, where the
   * net's places divide 28, as 4 × 4, 7 × 7 and 14 × 14 do; where it runs in 8-bit integers, to theirs.)
   */
  readonly map: Float32Array;
}

/**
 * Which places in an image speak for a class: at each place that the last convolution looks at, what its channels add to
 * the class's logit there, enlarged to the image's size. One forward pass, and exact, but as coarse as those places are;
 * each of them has seen more of the image than its own share. It needs a net whose last layer follows right after the
 * last convolution: `occlusionMap` is for any net.
 * Method: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", section 2. There the last layer is
 * given each channel's mean; where it is given every place with weights of its own, the same sum holds place by place.
 * @param asked index of the class to explain; the most likely one when left out
 * @throws {Problem} when there is no such class, or the net has no such map
 */
export function classActivationMap(
  { features, weights, logits }: LastLayerTensors,
  asked?: number,
): ClassActivationMap {
  const scores = numbers(logits);
  const target = chooseTarget(scores, asked);
  const [values, factors] = [numbers(features), numbers(weights)];
  const [, height = 0, width = 0, channels = 0] = features.dims;
  const places = height * width;
  const isFlat = weights.dims[0] === places * channels;
  if (features.dims.length !== 4 || weights.dims[1] !== scores.length || !(isFlat || weights.dims[0] === channels)) {
    throw new Problem(
      'This net has no class-activation map: its last layer is not given what a convolution sees at each place, but ' +
        `[${features.dims.join(', ')}] for weights [${weights.dims.join(', ')}]. Ask for an occlusion map, which every net has.`,
    );
  }
  const map = new Float32Array(places);
  for (let place = 0; place < places; place++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const at = place * channels + channel;
      sum += values[at]! * factors[(isFlat ? at : channel) * scores.length + target]!;
    }
    // All places in one row add up to the logit; times their number, their mean does, as it does where they are averaged.
    map[place] = isFlat ? sum * places : sum;
  }
  return { target, logit: scores[target]!, map: enlarged(map, height, width) };
}

/** A map brought to 28 × 28: between the middles of its places it goes evenly from one to the other. */
function enlarged(map: Float32Array, height: number, width: number): Float32Array {
  const rows = steps(height);
  const columns = steps(width);
  const large = new Float32Array(PIXELS);
  for (const [y, { before: top, after: bottom, share: down }] of rows.entries()) {
    for (const [x, { before: left, after: right, share: across }] of columns.entries()) {
      const along = (row: number) => map[row * width + left]! * (1 - across) + map[row * width + right]! * across;
      large[y * SIDE + x] = along(top) * (1 - down) + along(bottom) * down;
    }
  }
  return large;
}

/** For each pixel along a side, the two of `count` places that it lies between, and how far towards the second. */
function steps(count: number) {
  return Array.from({ length: SIDE }, (_, pixel) => {
    // At the edge there is no second one.
    const at = Math.min(Math.max(((pixel + 0.5) * count) / SIDE - 0.5, 0), count - 1);
    const before = Math.floor(at);
    return { before, after: Math.min(before + 1, count - 1), share: at - before };
  });
}

function numbers({ data }: OrtTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Problem('The model gave something else than float32 numbers. Export it again: npx nx run exporter:export');
}
