import { expect, test } from 'vitest';
import { called, carrying, instrumented, trimmed } from './wasm-binary.ts';

/**
 * (module
 *   (global (mut i32) (i32.const 5))
 *   (func (export "seven") (result i32) (local i32 i64) i32.const 7)
 *   (func (export "twice") (param i32) (result i32) local.get 0 i32.const 2 i32.mul)
 *   (func (export "count") (result i32) global.get 0))
 */
const module = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[1, 10, 2, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f],
  ...[3, 4, 3, 0, 1, 0],
  ...[6, 6, 1, 0x7f, 1, 0x41, 5, 0x0b],
  ...[7, 25, 3, 5, ...name('seven'), 0, 0, 5, ...name('twice'), 0, 1, 5, ...name('count'), 0, 2],
  ...[10, 23, 3, 8, 2, 1, 0x7f, 1, 0x7e, 0x41, 7, 0x0b, 7, 0, 0x20, 0, 0x41, 2, 0x6c, 0x0b, 4, 0, 0x23, 0, 0x0b],
]);

function name(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

interface Functions {
  seven(): number;
  twice(value: number): number;
  count(): number;
}

async function run(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Exports & Functions> {
  const { instance } = await WebAssembly.instantiate(bytes);
  return instance.exports as WebAssembly.Exports & Functions;
}

test('an instrumented module does the same, and knows which of its functions were called', async () => {
  const functions = await run(instrumented(module));
  expect(called(functions)).toEqual(new Set());
  expect(functions.twice(21)).toBe(42);
  expect(called(functions)).toEqual(new Set([1]));
  expect([functions.seven(), functions.count()]).toEqual([7, 5]);
  expect(called(functions)).toEqual(new Set([0, 1, 2]));
});

test('a trimmed module has the wanted functions; another ends with an error', async () => {
  const functions = await run(trimmed(module, new Set([0, 2])));
  expect([functions.seven(), functions.count()]).toEqual([7, 5]);
  expect(() => functions.twice(21)).toThrow(WebAssembly.RuntimeError);
});

test('with all functions nothing is changed', () => {
  expect(trimmed(module, new Set([0, 1, 2]))).toEqual(module);
});

test('a module that lacks a section is refused', () => {
  expect(() => trimmed(module.slice(0, 20), new Set())).toThrow('section 10');
});

test.each([0, 1, 127, 128, 70_000])('a module that carries %d bytes gives them back', async (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 256);
  const carrier = await WebAssembly.compile(carrying('memory', bytes));
  const sections = WebAssembly.Module.customSections(carrier, 'memory');
  expect(sections.map((section) => Buffer.compare(new Uint8Array(section), bytes))).toEqual([0]);
});
