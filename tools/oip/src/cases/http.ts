import { brotliDecompressSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { Broken, type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite } from '../documents.ts';
import { type Answer, ask, expectError, expectStatus, jsonObject } from '../http.ts';
import { expectSame, goodRequest, infer, postInfer, readInferAnswer } from '../rest.ts';

const http = casesOf('http');
const contentCoding = cite('RFC 9110', '8.4 Content-Encoding; 15.5.16 for one that is not supported');
const acceptEncoding = cite('RFC 9110', '12.5.3 Accept-Encoding');

export const httpCases: readonly Case[] = [
  http('type-charset', 'a charset in the Content-Type changes nothing', cite('RFC 8259', '11 IANA'), async (t) => {
    await infer(t, goodRequest(t.model), { headers: { 'Content-Type': 'application/json; charset=utf-8' } });
  }),
  http('type-case', 'the media type is case-insensitive', cite('RFC 9110', '8.3.1 Media Type'), async (t) => {
    await infer(t, goodRequest(t.model), { headers: { 'Content-Type': 'Application/JSON' } });
  }),
  http('chunked', 'a body in chunks is read', cite('RFC 9112', '7.1: MUST be able to parse chunked'), async (t) => {
    expectSame(
      await infer(t, goodRequest(t.model), { chunked: true }),
      await infer(t, goodRequest(t.model)),
      'chunked',
    );
  }),
  http('expect-continue', 'Expect: 100-continue is answered', cite('RFC 9110', '10.1.1 Expect'), async (t) => {
    await infer(t, goodRequest(t.model), { headers: { Expect: '100-continue' } });
  }),
  http('query', 'a query that nothing knows is passed over', cite('RFC 3986', '3.4 Query'), async ({ url }) => {
    expectStatus(await ask(url, { path: '/v2/health/live?from=probe' }), 200);
  }),
  http(
    'absolute-form',
    'the absolute form of the target is taken',
    cite('RFC 9112', '3.2.2: MUST accept'),
    async (t) => {
      expectStatus(await ask(t.url, { path: `${t.url}/v2/health/live` }), 200);
    },
  ),
  http(
    'keep-alive',
    'a connection serves one request after another',
    cite('RFC 9112', '9.3 Persistence'),
    async (t) => {
      // An error answered with its body unread must not leave bytes that are taken for the next request.
      for (let i = 0; i < 3; i++) {
        const response = await fetch(`${t.url}/v2/models/no-such-model/infer`, {
          method: 'POST',
          body: 'x'.repeat(10_000),
        });
        expect(response.status >= 400 && response.status < 500, () => `status ${response.status}`);
        await response.arrayBuffer();
        const live = await fetch(`${t.url}/v2/health/live`);
        expect(live.status === 200, () => `the request after an error was answered ${live.status}`);
        await live.arrayBuffer();
      }
    },
  ),
  ...(
    [
      ['gzip', gzipSync],
      ['x-gzip', gzipSync],
      ['deflate', deflateSync],
    ] as const
  ).map(([coding, compress]) =>
    http(`request-${coding}`, `a body in ${coding} is read, or refused with 415`, contentCoding, async (t) => {
      const body = compress(JSON.stringify(goodRequest(t.model)));
      const answer = await postInfer(t, body, { headers: { 'Content-Encoding': coding } });
      if (answer.status === 415) throw new NotApplicable(`the server does not take ${coding}, as it may`);
      expectStatus(answer, 200);
      expectSame(readInferAnswer(jsonObject(answer)), await infer(t, goodRequest(t.model)), coding, 0);
    }),
  ),
  http('request-unknown-coding', 'a content coding that is not known is refused', contentCoding, async (t) => {
    const answer = await postInfer(t, goodRequest(t.model), { headers: { 'Content-Encoding': 'no-such-coding' } });
    expect(answer.status >= 400 && answer.status < 500, () => `status ${answer.status}`);
  }),
  http('request-bad-gzip', 'a body that is not the gzip it says is refused', contentCoding, async (t) => {
    const answer = await postInfer(t, goodRequest(t.model), { headers: { 'Content-Encoding': 'gzip' } });
    expectError(answer);
    expect(answer.status < 500, () => `status ${answer.status}`);
  }),
  http('request-cut-gzip', 'gzip that is cut short is refused', contentCoding, async (t) => {
    const body = gzipSync(JSON.stringify(goodRequest(t.model))).subarray(0, -12);
    const answer = await postInfer(t, body, { headers: { 'Content-Encoding': 'gzip' } });
    expectError(answer);
    expect(answer.status < 500, () => `status ${answer.status}`);
  }),
  http('request-identity', 'identity is no coding', cite('RFC 9110', '8.4.1 Content Codings'), async (t) => {
    const answer = await postInfer(t, goodRequest(t.model), { headers: { 'Content-Encoding': 'identity' } });
    expect(answer.status === 200 || answer.status === 415, () => `status ${answer.status}`);
  }),
  ...['gzip', 'deflate', 'br', 'gzip, deflate', '*'].map((accepted, k) =>
    http(
      `answer-${['gzip', 'deflate', 'br', 'both', 'any'][k]}`,
      `with Accept-Encoding: ${accepted} the answer is in one of these codings or none`,
      acceptEncoding,
      async (t) => {
        const answer = await postInfer(t, goodRequest(t.model, 8), { headers: { 'Accept-Encoding': accepted } });
        expectStatus(answer, 200);
        const coding = codingOf(answer);
        const allowed = coding === 'identity' || accepted === '*' || accepted.split(', ').includes(coding);
        expect(allowed, () => `the answer is in ${coding}`);
        expectSame(decoded(answer), await infer(t, goodRequest(t.model, 8)), coding, 0);
      },
    ),
  ),
  ...['identity', 'gzip;q=0, deflate;q=0', ''].map((accepted, k) =>
    http(
      `answer-plain-${k + 1}`,
      `with Accept-Encoding: ${accepted || '(empty)'} the answer is in no coding`,
      acceptEncoding,
      async (t) => {
        const answer = await postInfer(t, goodRequest(t.model, 8), { headers: { 'Accept-Encoding': accepted } });
        expectStatus(answer, 200);
        expect(codingOf(answer) === 'identity', () => `the answer is in ${codingOf(answer)}`);
        jsonObject(answer);
      },
    ),
  ),
  http(
    'answer-vary',
    'an answer in a coding says that it depends on Accept-Encoding',
    cite('RFC 9110', '12.5.5 Vary; 12.1 Proactive Negotiation'),
    async (t) => {
      const answer = await postInfer(t, goodRequest(t.model, 8), { headers: { 'Accept-Encoding': 'gzip' } });
      if (codingOf(answer) === 'identity') throw new NotApplicable('the server does not compress this answer');
      expect(
        /accept-encoding|\*/i.test(answer.headers.vary ?? ''),
        () => `the Vary header is ${shown(answer.headers.vary)}`,
      );
    },
  ),
];

export function codingOf({ headers }: Answer): string {
  return (headers['content-encoding'] ?? 'identity').toLowerCase();
}

/** The body as it was before its content coding. @throws {Broken} where it is not in the coding that it says */
export function withoutCoding(answer: Answer): Buffer {
  const coding = codingOf(answer);
  const decode = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[coding];
  if (decode === undefined) return answer.body;
  try {
    return decode(answer.body);
  } catch (error) {
    throw new Broken(`the answer says ${coding} and cannot be decoded: ${(error as Error).message}`);
  }
}

function decoded(answer: Answer) {
  return readInferAnswer(jsonObject({ body: withoutCoding(answer) }));
}
