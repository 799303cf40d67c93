import * as tf from '@tensorflow/tfjs';
import { only } from './layer-input.ts';

/** An image whose brightest pixel is less than so much above its darkest has nothing on it to be made visible, 0..1. */
const LEAST_RANGE = 0.05;

/**
 * A layer that stretches the grey levels of each image, so that its darkest pixel becomes 0 and its brightest 1: a
 * net behind it sees the same digit on any background and in any contrast. The images of MNIST, which use the whole
 * range, stay as they are, bit for bit; an image of one grey level becomes black. A model with it is no longer of tfjs's
 * own layers alone: to load it, tfjs must know the layer by `knowStretch`.
 */
class Stretch extends tf.layers.Layer {
  static readonly className = 'Stretch';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const image = only(inputs); // [batch, 28, 28, 1]
      const aboveDarkest = image.sub(image.min([1, 2, 3], true));
      return aboveDarkest.div(aboveDarkest.max([1, 2, 3], true).maximum(LEAST_RANGE));
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }
}

export function stretch(): tf.layers.Layer {
  knowStretch();
  return new Stretch({});
}

/** Makes `tf.loadLayersModel` know the layer. */
export function knowStretch(): void {
  tf.serialization.registerClass(Stretch);
}
