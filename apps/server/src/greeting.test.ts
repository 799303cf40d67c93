import { expect, test } from 'vitest';
import { furtherDoors, greeting } from './greeting.ts';
import { fakeModel } from './testing/fake-model.ts';

test.each([
  ['http://127.0.0.1:3000', 'http://localhost:3000'],
  ['http://[::1]:3000', 'http://localhost:3000'],
  ['http://192.168.1.7:80', 'http://192.168.1.7:80'],
])('one line: where, and which model, for %s', (url, shown) => {
  expect(greeting(url, fakeModel().bundle)).toBe(
    `Digit recognizer at ${shown} · model fake 1.2.3, right on 98.76 % of 10,000 fake test images`,
  );
});

test('a second line tells what else is open, if anything is', () => {
  expect(furtherDoors({ workers: 1, grpc: null, adminUrl: null })).toBe('');
  expect(furtherDoors({ workers: 4, grpc: '127.0.0.1:8001', adminUrl: 'http://127.0.0.1:8002' })).toBe(
    '4 processes · gRPC at 127.0.0.1:8001 · metrics at http://127.0.0.1:8002/metrics',
  );
});
