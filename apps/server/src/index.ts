export { loadModel, type Model, type ModelFile } from './models/model.ts';
export { decodePicture, type Picture } from './recognize/picture.ts';
export { type Server, startServer } from './server.ts';
export { PRECISIONS, type Precision, precision, readSettings, type Settings } from './settings.ts';
