import { expect, test } from 'vitest';
import { furtherDoors, greeting } from './greeting.ts';
import { fakeModel } from './testing/fake-model.ts';

test.each([
  ['http://127.0.0.1:3000', 'http://localhost:3000'],
  ['http://[::1]:3000', 'http://localhost:3000'],
  ['http://192.168.1.7:80', 'http://192.168.1.7:80'],
])('one line: where, and which model, for %s', (url, shown) => {
  expect(greeting(url, fakeModel().bundle, 'fp32')).toBe(
    `Digit recognizer at ${shown} · model fake 1.2.3, right on 98.76 % of 10,000 fake test images`,
  );
});

test('the model in 8-bit integers is told with its own accuracy', () => {
  const { bundle } = fakeModel();
  const metrics = { ...bundle.metrics, test: { images: 10_000, accuracy: 0.97, loss: 1 } };
  const text = greeting('http://127.0.0.1:1', { ...bundle, int8: { model: 'model.onnx', metrics } }, 'int8');
  expect(text).toContain('model fake 1.2.3 in 8-bit integers, right on 97.00 %');
});

test('a second line tells what else is open, if anything is', () => {
  expect(furtherDoors({ workers: 1, grpc: null, adminUrl: null })).toBe('');
  expect(furtherDoors({ workers: 4, grpc: '127.0.0.1:8001', adminUrl: 'http://127.0.0.1:8002' })).toBe(
    '4 processes · gRPC at 127.0.0.1:8001 · metrics at http://127.0.0.1:8002/metrics',
  );
});
