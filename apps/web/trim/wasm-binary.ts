/**
 * A WebAssembly module's binary format, as far as it is needed to find out which functions of a module are called, and
 * to leave out the bodies of the others. https://webassembly.github.io/spec/core/binary/modules.html
 */

/** Section numbers. */
const CUSTOM = 0;
const GLOBAL = 6;
const EXPORT = 7;
const CODE = 10;

const HEADER = 8;

/** What `instrumented` calls its exports; followed by the function's number. */
const MARK = '$';

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

/** A function's body in the code section: first its local variables, then its instructions. */
type Body = Uint8Array;

/** The same module, which also notes which of its functions were called; see `called`. */
export function instrumented(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const bodies = bodiesOf(module);
  const [globals] = split(content(module, GLOBAL));
  return replaced(module, {
    // Variables of type i32, mutable, zero at first.
    [GLOBAL]: vector(
      content(module, GLOBAL),
      bodies.map(() => [0x7f, 0x01, 0x41, 0, 0x0b]),
    ),
    [EXPORT]: vector(
      content(module, EXPORT),
      bodies.map((_, i) => [...text(`${MARK}${i}`), 0x03, ...unsigned(globals + i)]),
    ),
    // i32.const 1, global.set
    [CODE]: sized(bodies.map((body, i) => inserted(body, [0x41, 1, 0x24, ...unsigned(globals + i)]))),
  });
}

/** The numbers of the functions that were called in an instance of an instrumented module. */
export function called(exports: WebAssembly.Exports): Set<number> {
  const numbers = Object.keys(exports).filter((name) => name.startsWith(MARK));
  return new Set(
    numbers.filter((name) => (exports[name] as WebAssembly.Global).value === 1).map((name) => Number(name.slice(1))),
  );
}

/** The same module, where every function but those ends at once with an error. All keep their numbers. */
export function trimmed(module: Uint8Array, wanted: ReadonlySet<number>): Uint8Array<ArrayBuffer> {
  // No local variables; unreachable; end.
  const nothing = [0, 0x00, 0x0b];
  return replaced(module, { [CODE]: sized(bodiesOf(module).map((body, i) => (wanted.has(i) ? body : nothing))) });
}

/** A module that does nothing but bring some bytes; see `WebAssembly.Module.customSections`. */
export function carrying(name: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const label = text(name);
  // Its magic number, and the format's version.
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  return joined([header, [CUSTOM, ...unsigned(label.length + bytes.length), ...label], bytes]);
}

function sections(module: Uint8Array): Section[] {
  const found: Section[] = [];
  for (let at = HEADER; at < module.length; ) {
    const id = module[at]!;
    const [length, start] = readUnsigned(module, at + 1);
    found.push({ id, content: module.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function content(module: Uint8Array, id: number): Uint8Array {
  const found = sections(module).find((section) => section.id === id);
  if (found === undefined) throw new Error(`The WebAssembly has no section ${id}.`);
  return found.content;
}

function bodiesOf(module: Uint8Array): Body[] {
  const [count, rest] = split(content(module, CODE));
  const bodies: Body[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const [length, start] = readUnsigned(rest, at);
    bodies.push(rest.subarray(start, start + length));
    at = start + length;
  }
  return bodies;
}

/** A body with more instructions before its first. */
function inserted(body: Body, instructions: readonly number[]): Uint8Array {
  let [groups, at] = readUnsigned(body, 0);
  // Each group is a count and a type of one byte.
  for (; groups > 0; groups--) at = readUnsigned(body, at)[1] + 1;
  return joined([body.subarray(0, at), instructions, body.subarray(at)]);
}

function replaced(module: Uint8Array, contents: Readonly<Record<number, Uint8Array>>): Uint8Array<ArrayBuffer> {
  return joined([
    module.subarray(0, HEADER),
    ...sections(module).flatMap(({ id, content }) => {
      const now = contents[id] ?? content;
      return [[id, ...unsigned(now.length)], now];
    }),
  ]);
}

/** A vector of the format: how many there are, then one after another. */
function vector(before: Uint8Array, more: readonly (readonly number[])[]): Uint8Array {
  const [count, rest] = split(before);
  return joined([unsigned(count + more.length), rest, ...more]);
}

function sized(bodies: readonly ArrayLike<number>[]): Uint8Array {
  return joined([unsigned(bodies.length), ...bodies.flatMap((body) => [unsigned(body.length), body])]);
}

function split(vector: Uint8Array): [count: number, rest: Uint8Array] {
  const [count, start] = readUnsigned(vector, 0);
  return [count, vector.subarray(start)];
}

function readUnsigned(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value >>> 0, at];
  }
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function text(name: string): number[] {
  return [...unsigned(name.length), ...new TextEncoder().encode(name)];
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
