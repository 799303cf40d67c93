export { type Answer, answer, blankAnswer, type Rejection, topK } from './answer.ts';
export { type Bundle, bundleSchema, parseBundle, verifyFile } from './bundle.ts';
export { type ClassActivationMap, classActivationMap, type LastLayerTensors } from './class-activation.ts';
export type { Box } from './components.ts';
export { checkGolden, GOLDEN_FILE, type Golden, parseGolden, recordGolden } from './golden.ts';
export { type GreyImage, greyImage } from './grey-image.ts';
export { findInk } from './ink.ts';
export { type LastLayer, lastLayer } from './last-layer.ts';
export { layOut, type Sheet } from './lay-out.ts';
export { normalize } from './normalize.ts';
export { type ImagesToLogits, type OcclusionMap, type OcclusionOptions, occlusionMap } from './occlusion.ts';
export { type GraphNode, graphNodes, withOutputs } from './onnx-graph.ts';
export { Problem } from './problem.ts';
export {
  createRecognizer,
  type Drawing,
  type Line,
  type LineDigit,
  type Ort,
  type OrtSession,
  type OrtTensor,
  type Recognition,
  type Recognizer,
} from './recognizer.ts';
export { type Score, scoreNames, scores } from './rejection.ts';
export { softmax } from './softmax.ts';
export { type Canvas, drawStrokes, type Point, type Stroke } from './strokes.ts';
export { PIXELS, SIDE, toTensor } from './tensor.ts';
export { type RgbaImage, toGrey } from './to-grey.ts';
