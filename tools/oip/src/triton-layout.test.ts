import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@mnist-edge/command';
import { tritonFiles } from '@mnist-edge/exporter/triton-layout';
import { parseBundle } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { pythonTool } from './venv.ts';

/** Reads a configuration with the message that Triton itself reads it with; tritonclient brings it. */
const READ = `
import sys
from google.protobuf import json_format, text_format
from tritonclient.grpc.model_config_pb2 import ModelConfig
print(json_format.MessageToJson(text_format.Parse(sys.argv[1], ModelConfig())))
`;

test('what the exporter writes for Triton is what Triton reads', { timeout: 600_000 }, async () => {
  const json = await readFile(join(workspaceRoot, 'models/digits/bundle.json'), 'utf8');
  const files = tritonFiles(parseBundle(JSON.parse(json)), new Uint8Array());
  const python = join(await pythonTool('tritonclient', () => undefined), 'python');
  const read = async (config: string) => JSON.parse((await promisify(execFile)(python, ['-c', READ, config])).stdout);
  const config = new TextDecoder().decode(files['digits/config.pbtxt']);
  const output = { dataType: 'TYPE_FP32', dims: ['10'], labelFilename: 'labels.txt' };
  expect(await read(config)).toMatchObject({
    name: 'digits',
    platform: 'onnxruntime_onnx',
    maxBatchSize: 128,
    input: [{ name: 'image', dataType: 'TYPE_FP32', dims: ['28', '28', '1'] }],
    output: [
      { name: 'logits', ...output },
      { name: 'probabilities', ...output },
    ],
    dynamicBatching: {},
  });
  await expect(read(config.replace('max_batch_size', 'max_batch'))).rejects.toThrow(/no field named "max_batch"/);
});
