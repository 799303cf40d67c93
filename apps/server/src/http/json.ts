import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** Arrays and objects inside one another; a tensor of images needs seven. */
const MOST_DEPTH = 32;

/**
 * Parses a JSON body. A key `__proto__` is a key like any other: nothing is merged, fields are picked by name.
 * @param mostValues keys, values, arrays and objects in all: three bytes such as `{},` come to sixty when parsed
 * @throws {Refusal} 400 when it is not JSON, nested too deep, or holds more
 */
export function parseJson(bytes: Buffer, mostValues: number): unknown {
  if (bytes.length === 0) throw new Refusal(400, 'The body is empty; it should be JSON.');
  checkStructure(bytes, mostValues);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, `The body is not valid JSON: ${(error as Error).message}`);
  }
}

/**
 * Checks that a body that should be JSON says so, or says nothing: clients of the protocol often send no content type.
 * @throws {Refusal} 415
 */
export function checkJsonType(request: Pick<IncomingMessage, 'headers'>, what: string): void {
  const type = request.headers['content-type'];
  if (type === undefined) return;
  const [essence, ...parameters] = type.toLowerCase().split(';');
  if (essence!.trim() !== 'application/json') {
    throw new Refusal(415, `The content type is ${JSON.stringify(type)}; ${what} is application/json.`);
  }
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  if (charset !== undefined && !/^charset="?(utf-?8|us-ascii)"?$/.test(charset)) {
    throw new Refusal(415, `The content type has an unsupported charset: ${JSON.stringify(type)}; JSON is UTF-8.`);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** What each byte does to the depth: `{` and `[` open, `}` and `]` close. */
const step = new Int8Array(256);
/** What each byte begins: `{`, `[`, `,` and `:` stand before a key or a value, one each. */
const begins = new Int8Array(256);
for (const open of '{[') step[open.charCodeAt(0)] = 1;
for (const close of '}]') step[close.charCodeAt(0)] = -1;
for (const mark of '{[,:') begins[mark.charCodeAt(0)] = 1;

function checkStructure(bytes: Buffer, mostValues: number): void {
  let depth = 0;
  let values = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
      continue;
    }
    depth += step[byte]!;
    values += begins[byte]!;
    if (depth > MOST_DEPTH) throw new Refusal(400, `The JSON is nested deeper than ${MOST_DEPTH} levels.`);
  }
  if (values > mostValues) {
    throw new Refusal(400, `The JSON holds more than ${mostValues} keys and values, which no request here needs.`);
  }
}
