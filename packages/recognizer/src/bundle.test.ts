import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleFixture } from './bundle.fixture.ts';
import { parseBundle, verifyFile } from './bundle.ts';
import { Problem } from './problem.ts';

type Json = Record<string, unknown>;
const json = () => JSON.parse(JSON.stringify(bundleFixture())) as Json;
const HASH = 'f'.repeat(64);

/** A copy of the fixture with the value at a dotted path replaced, or removed when undefined. */
function broken(path: readonly string[], value: unknown): Json {
  const copy = json();
  const parent = path.slice(0, -1).reduce<Json>((object, key) => object[key] as Json, copy);
  const last = path.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function message(value: unknown): string {
  try {
    parseBundle(value);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return (error as Problem).message;
  }
  return 'accepted';
}

describe('a valid bundle', () => {
  test('is read as it stands', () => {
    expect(parseBundle(json())).toEqual(bundleFixture());
  });

  test('may hold fields that a later version adds; they are left out', () => {
    expect(parseBundle({ ...json(), opset: 18 })).toEqual(bundleFixture());
  });

  test('the limits themselves are allowed', () => {
    for (const rejectionThreshold of [0, 1]) {
      expect(parseBundle({ ...json(), rejectionThreshold })).toMatchObject({ rejectionThreshold });
    }
    expect(parseBundle({ ...json(), labels: ['no', 'yes'] }).labels).toEqual(['no', 'yes']);
  });
});

describe('a broken bundle', () => {
  test.each([null, undefined, 3, 'x', true, []])('%j is no bundle', (value) => {
    expect(message(value)).toMatch(/^bundle\.json: .*Export the model again: npx nx run exporter:export$/);
  });

  test('the message begins with the file it came from', () => {
    expect(() => parseBundle({}, 'models/digits/bundle.json')).toThrow(
      /^models\/digits\/bundle\.json: schemaVersion: /,
    );
  });

  /** Every path to a value that the schema names; what lies in `config` is the run's own. */
  const paths = (value: unknown, path: string[] = []): string[][] => {
    if (typeof value !== 'object' || value === null) return [path];
    const inside =
      path.at(-1) === 'config' ? [] : Object.entries(value).flatMap(([key, v]) => paths(v, [...path, key]));
    return path.length === 0 ? inside : [path, ...inside];
  };
  const all = paths(json());
  const required = all.filter(([first, second, third, fourth]) => {
    const entry = (first === 'files' && third === undefined) || first === 'tools' || fourth !== undefined;
    return second === undefined || !entry;
  });

  test.each(required.map((path) => [path.join('.'), path] as const))('%s missing is named', (dotted, path) => {
    // A missing label is a shorter list, and its place is then taken by undefined.
    const value = /\d/.test(path.at(-1)!) ? null : undefined;
    expect(message(broken(path, value))).toContain(`bundle.json: ${dotted}: `);
  });

  test('any field of another type is named, with what was found', () => {
    const isText = (v: unknown) => typeof v === 'string';
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom<unknown>(null, true, 'no!', -1.5, [], {}), (path, value) => {
        const found = path.reduce<unknown>((object, key) => (object as Json)[key], json());
        fc.pre(!(isText(value) && isText(found))); // another text may be as good
        fc.pre(!(Array.isArray(found) && Array.isArray(value)));
        fc.pre(!(typeof found === 'object' && typeof value === 'object' && value !== null)); // an empty object, below
        const text = message(broken(path, value));
        expect(text).toContain(`bundle.json: ${path.join('.')}: `);
        expect(text).toMatch(/(found|received) /);
      }),
      { numRuns: 400 },
    );
  });

  test.each<[path: string, value: unknown, found: string]>([
    ['schemaVersion', 2, 'must be 1, the only schema version this build reads, found 2'],
    ['name', 'Digits!', 'must be lower-case letters, digits and dashes, found "Digits!"'],
    ['name', '', 'must be lower-case letters, digits and dashes, found ""'],
    ['version', '1.0', 'must be a semantic version such as 1.0.0, found "1.0"'],
    ['input.dtype', 'float16', 'Expected "float32" but received "float16"'],
    ['input.shape.0', 1, 'Expected "batch" but received 1'],
    ['input.shape.1', 32, 'Expected 28 but received 32'],
    ['input.shape.4', 1, 'Expected never but received 1'],
    ['input.range.1', 255, 'Expected 1 but received 255'],
    ['input.preprocessing', 'imagenet', 'must be "mnist", the only preprocessing there is, found "imagenet"'],
    ['input.name', '', 'must not be empty'],
    ['outputs.logits', '', 'must not be empty'],
    ['labels', ['0'], 'must be at least 2 labels, found 1'],
    ['labels.1', '0', 'must be a label that no other class has, found "0"'],
    ['temperature', 0, 'must be above 0, found 0'],
    ['temperature', -1, 'must be above 0, found -1'],
    ['temperature', Number.POSITIVE_INFINITY, 'must be a finite number, found Infinity'],
    ['rejectionThreshold', 1.01, 'must be from 0 to 1, found 1.01'],
    ['rejectionThreshold', -0.01, 'must be from 0 to 1, found -0.01'],
    ['training.seed', 1.5, 'must be a whole number, found 1.5'],
    ['training.parameters', -1, 'must be at least 0, found -1'],
    ['metrics.test.accuracy', 99.2, 'must be from 0 to 1, found 99.2'],
    ['metrics.validation.loss', -1, 'must be at least 0, found -1'],
  ])('%s of %j', (path, value, found) => {
    expect(message(broken(path.split('.'), value))).toBe(
      `bundle.json: ${path}: ${found.startsWith('Expected') ? `Invalid type: ${found}` : found}. Export the model again: npx nx run exporter:export`,
    );
  });

  test.each(['../model.onnx', '/etc/passwd', 'a//b', 'a/', '.hidden', 'a/../b', 'C:\\x', 'a\n', ''])(
    'a file named %j is refused: only what lies inside the bundle',
    (file) => {
      const text = message({ ...json(), files: { ...bundleFixture().files, [file]: { bytes: 1, sha256: HASH } } });
      expect(text).toMatch(/^bundle\.json: files\./);
      expect(text).toContain('must be a relative path inside the bundle');
    },
  );

  test.each(['2CF24DBA'.padEnd(64, '0'), 'ab', ''])('a SHA-256 of %j is refused', (sha256) => {
    expect(message({ ...json(), files: { m: { bytes: 1, sha256 } } })).toContain(
      'files.m.sha256: must be 64 lower-case hex digits',
    );
  });

  test('a model that is not among the files', () => {
    expect(message({ ...json(), model: 'other.onnx' })).toContain(
      'model: must be one of the files (model.onnx, data/labels.txt), found "other.onnx"',
    );
  });

  test.each(['__proto__', 'constructor', 'toString'])('a model named %s is not found in the prototype', (model) => {
    expect(message({ ...json(), model })).toMatch(/^bundle\.json: model: must be/);
  });

  test('a long value is not repeated whole', () => {
    expect(message({ ...json(), version: 'x'.repeat(10_000) }).length).toBeLessThan(250);
  });

  test('keys named __proto__ change no prototype', () => {
    const text = JSON.stringify(json()).replaceAll('{', '{"__proto__":{"polluted":1},');
    const bundle = parseBundle(JSON.parse(text));
    const objects = [bundle, bundle.files, bundle.tools, bundle.training, bundle.training.dataset.sha256];
    for (const object of objects) expect((object as Json).polluted).toBeUndefined();
    expect(({} as Json).polluted).toBeUndefined();
    expect(bundle).toEqual(bundleFixture({ training: { ...bundle.training } }));
  });

  test('any JSON is either a bundle or a Problem', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(message(value)).toMatch(/^bundle\.json: /);
      }),
    );
  });
});

describe('verifyFile', () => {
  const hello = new TextEncoder().encode('hello');

  test('the published bytes pass, an empty file too', () => {
    verifyFile(bundleFixture(), 'model.onnx', hello);
    verifyFile(bundleFixture(), 'data/labels.txt', new Uint8Array(0));
  });

  test('bytes that lie inside a larger buffer pass', () => {
    const larger = new TextEncoder().encode('say hello');
    verifyFile(bundleFixture(), 'model.onnx', larger.subarray(4));
  });

  test('any changed byte is refused, and the file named', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = hello.with(at, hello[at]! ^ flip);
        expect(() => verifyFile(bundleFixture(), 'model.onnx', changed)).toThrow(Problem);
        expect(() => verifyFile(bundleFixture(), 'model.onnx', changed)).toThrow(
          /^model\.onnx of digits 1\.2\.3 is not the published file: expected 5 bytes with SHA-256 2cf24d.*found 5 bytes with [0-9a-f]{64}/,
        );
      }),
      { numRuns: 30 },
    );
  });

  test('a truncated file is refused with both lengths', () => {
    expect(() => verifyFile(bundleFixture(), 'model.onnx', hello.subarray(0, 4))).toThrow(
      /expected 5 bytes.*found 4 bytes/,
    );
  });

  test('a length that does not fit the hash is refused too', () => {
    const bundle = bundleFixture();
    const files = { 'model.onnx': { ...bundle.files['model.onnx']!, bytes: 6 } };
    expect(() => verifyFile({ ...bundle, files }, 'model.onnx', hello)).toThrow(/expected 6 bytes.*found 5 bytes/);
  });

  test.each(['model.int8.onnx', '__proto__', 'constructor', 'toString'])('%s is no file of the bundle', (path) => {
    expect(() => verifyFile(bundleFixture(), path, hello)).toThrow(
      new Problem(`digits 1.2.3 has no file "${path}"; it lists model.onnx, data/labels.txt.`),
    );
  });
});
