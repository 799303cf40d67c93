import { findInk, type GreyImage, greyImage, PIXELS, Problem, toTensor } from '@mnist-edge/recognizer';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel, type Model } from './models/model.ts';
import { type Server, startServer } from './server.ts';
import { readSettings } from './settings.ts';
import { drawnDigit } from './testing/drawn-digit.ts';
import { rawClient } from './testing/raw-client.ts';

/** The released model, served over real HTTP. */
let server: Server;
/** The same model, run beside the server. */
let model: Model;

beforeAll(async () => {
  const settings = readSettings(
    ['--port', '0', '--max-json-mb', '1', '--max-image-mb', '1', '--log-level', 'silent'],
    {},
  );
  server = await startServer(settings);
  model = await loadModel(settings.modelDir);
});

afterAll(async () => {
  await server.close();
  await model.close();
});

interface Answer {
  readonly digit: number | null;
  readonly label: string | null;
  readonly rejection: string | null;
  readonly probabilities: readonly number[];
  readonly image: readonly number[];
  readonly model: unknown;
}

async function recognize(picture: Buffer, type: string): Promise<Answer> {
  const response = await fetch(`${server.url}/api/recognize`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: new Uint8Array(picture),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

function grey({ width, height, pixels }: GreyImage): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace('b-w');
}

function inverted(image: GreyImage): GreyImage {
  return greyImage(
    image.width,
    image.height,
    image.pixels.map((pixel) => 255 - pixel),
  );
}

/** Ink of one colour on nothing: the drawing is how opaque it is. */
function transparent({ width, height, pixels }: GreyImage, ink: number): Sharp {
  const rgba = Buffer.alloc(width * height * 4, ink);
  for (let i = 0; i < pixels.length; i++) rgba[4 * i + 3] = pixels[i]!;
  return sharp(rgba, { raw: { width, height, channels: 4 } });
}

describe('POST /v2/models/digits/explain', () => {
  const ask = async (parameters: object) => {
    const { image } = await model.recognizer.recognize(drawnDigit(3));
    const response = await fetch(`${server.url}/v2/models/digits/explain`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        parameters,
        inputs: [{ name: 'image', datatype: 'UINT8', shape: [1, 784], data: [...image] }],
      }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as {
      readonly parameters: { readonly logit: number };
      readonly outputs: readonly [{ readonly name: string; readonly data: readonly number[] }];
    };
  };

  test.each(['occlusion', 'class-activation'])(
    'by %s: most speaks for the answer, and some class has less',
    async (method) => {
      const pro = await ask({ method });
      const contra = await ask({ method, target: 0 });
      expect(pro).toMatchObject({ parameters: { method, target: 3, label: '3' }, outputs: [{ name: method }] });
      expect(contra).toMatchObject({ parameters: { method, target: 0, label: '0' } });
      expect(pro.parameters.logit).toBeGreaterThan(contra.parameters.logit);
      const sum = ({ outputs: [{ data }] }: typeof pro) => data.reduce((a, b) => a + b, 0);
      expect(sum(pro)).toBeGreaterThan(sum(contra));
    },
  );

  test('an occlusion map is the same as ever where no method is named', async () => {
    expect(await ask({})).toEqual(await ask({ method: 'occlusion' }));
  });
});

describe('POST /api/recognize', () => {
  const onPaper = inverted;
  const tinted = (image: GreyImage) => grey(image).toColourspace('srgb').tint({ r: 120, g: 150, b: 255 });

  test.each<[string, string, (image: GreyImage) => Sharp]>([
    ['dark on light, grey PNG', 'image/png', (image) => grey(onPaper(image)).png()],
    ['light on dark, grey PNG', 'image/png', (image) => grey(image).png()],
    ['dark on light, RGB PNG', 'image/png', (image) => grey(onPaper(image)).toColourspace('srgb').png()],
    ['light on dark, tinted PNG', 'image/png', (image) => tinted(image).png()],
    ['dark on nothing, RGBA PNG', 'image/png', (image) => transparent(image, 0).png()],
    ['light on nothing, RGBA PNG', 'image/png', (image) => transparent(image, 255).png()],
    ['dark on light, JPEG', 'image/jpeg', (image) => grey(onPaper(image)).jpeg()],
    ['light on dark, poor JPEG', 'image/jpeg', (image) => grey(image).jpeg({ quality: 40 })],
    ['a type that says nothing', 'application/octet-stream', (image) => grey(image).png()],
    ['a small picture', 'image/png; charset=binary', (image) => grey(onPaper(image)).resize(40, 40).png()],
    ['a large one', 'IMAGE/JPEG', (image) => grey(onPaper(image)).resize(700, 700).jpeg()],
  ])('all ten digits, %s', async (_how, type, encode) => {
    for (let digit = 0; digit < 10; digit++) {
      const answer = await recognize(await encode(drawnDigit(digit)).toBuffer(), type);
      expect(answer).toMatchObject({ digit, label: String(digit), rejection: null });
    }
  });

  test('the answer is the recognizer’s own, with what the net saw and which net it was', async () => {
    const drawing = drawnDigit(5);
    const expected = await model.recognizer.recognize(findInk(drawing));
    expect(await recognize(await grey(drawing).png().toBuffer(), 'image/png')).toEqual({
      digit: 5,
      label: '5',
      rejection: null,
      probabilities: expected.probabilities,
      image: [...expected.image],
      model: { name: model.bundle.name, version: model.bundle.version, sha256: model.sha256 },
    });
  });

  test.each<[string, (image: GreyImage) => Promise<object>]>([
    ['WebP', async (image) => ({ image: (await grey(onPaper(image)).webp().toBuffer()).toString('base64') })],
    ['GIF', async (image) => ({ image: (await grey(onPaper(image)).gif().toBuffer()).toString('base64') })],
    [
      'a data URL',
      async (image) => ({ image: `data:image/png;base64,${(await grey(image).png().toBuffer()).toString('base64')}` }),
    ],
    ['pixels', async ({ width, height, pixels }) => ({ width, height, pixels: [...pixels] })],
  ])('all ten digits as JSON: %s', async (_how, encode) => {
    for (let digit = 0; digit < 10; digit++) {
      const body = Buffer.from(JSON.stringify(await encode(drawnDigit(digit, 140))));
      expect(await recognize(body, 'application/json')).toMatchObject({ digit, rejection: null });
    }
  });

  test('strokes are drawn with the pen of the model’s writers, whatever their unit; none are blank', async () => {
    const seven = [
      [
        { x: 0.28, y: 0.2 },
        { x: 0.72, y: 0.2 },
        { x: 0.44, y: 0.84 },
      ],
    ];
    for (const scale of [1, 300]) {
      const strokes = seven.map((stroke) => stroke.map(({ x, y }) => ({ x: x * scale, y: y * scale })));
      expect(await recognize(Buffer.from(JSON.stringify({ strokes })), 'application/json')).toMatchObject({ digit: 7 });
    }
    expect(await recognize(Buffer.from('{"strokes":[]}'), 'application/json')).toMatchObject({ rejection: 'blank' });
  });

  test('a line of digits, from left to right, each with its box', async () => {
    const [width, side] = [420, 140];
    const sheet = greyImage(width, side);
    for (const [place, digit] of [3, 0, 7].entries()) {
      const { pixels } = drawnDigit(digit, side);
      for (let y = 0; y < side; y++)
        sheet.pixels.set(pixels.subarray(y * side, (y + 1) * side), y * width + place * side);
    }
    const body = new Uint8Array(await grey(sheet).png().toBuffer());
    const response = await fetch(`${server.url}/api/recognize?mode=line`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/png' },
      body,
    });
    const line = (await response.json()) as {
      text: string;
      digits: { digit: number; box: { left: number }; image: number[] }[];
    };
    expect(line).toMatchObject({ text: '307', rejection: null, model: { name: 'digits' } });
    expect(line.digits.map(({ digit }) => digit)).toEqual([3, 0, 7]);
    expect(line.digits.map(({ box }) => Math.floor(box.left / side))).toEqual([0, 1, 2]);
    expect(line.digits[0]!.image).toHaveLength(784);
  });

  test('an empty sheet has no digit, and says so', async () => {
    const answer = await recognize(
      await grey(inverted(greyImage(50, 50)))
        .png()
        .toBuffer(),
      'image/png',
    );
    expect(answer).toMatchObject({ digit: null, label: null, rejection: 'blank', image: new Array(784).fill(0) });
    expect(answer.probabilities).toEqual(new Array(10).fill(0.1));
  });

  test('a photo lying on its side is turned as its camera says', async () => {
    const lying = await grey(inverted(drawnDigit(7)))
      .rotate(-90)
      .toBuffer();
    const raw = { raw: { width: 280, height: 280, channels: 1 as const } };
    const photo = await sharp(lying, raw).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await recognize(photo, 'image/jpeg')).toMatchObject({ digit: 7 });
  });
});

describe('POST /v2/models/digits/infer', () => {
  test('gives the very numbers that the session gives in this process', async () => {
    const batch = 40;
    const images = toTensor(Uint8Array.from({ length: batch * PIXELS }, (_, i) => (i * 2_654_435_761) % 256));
    const { results: expected } = await model.infer(images, ['logits', 'probabilities']);
    const response = await post(inferUrl(), request({ shape: [batch, 28, 28, 1], data: Array.from(images) }));
    expect(await response.json()).toMatchObject({
      outputs: [
        { name: 'logits', shape: [batch, 10], data: Array.from(expected[0]!) },
        { name: 'probabilities', shape: [batch, 10], data: Array.from(expected[1]!) },
      ],
    });
  });

  test('answers many requests at once, each with its own', async () => {
    const digits = Array.from({ length: 30 }, (_, i) => i % 10);
    const answers = await Promise.all(
      digits.map(async (digit) => {
        const { image } = await model.recognizer.recognize(drawnDigit(digit));
        const response = await post(inferUrl(), request({ data: Array.from(toTensor(image)) }, { id: `no ${digit}` }));
        const { id, outputs } = (await response.json()) as { id: string; outputs: { data: number[] }[] };
        const logits = outputs[0]!.data;
        return [id, logits.indexOf(Math.max(...logits))];
      }),
    );
    expect(answers).toEqual(digits.map((digit) => [`no ${digit}`, digit]));
  });
});

describe('bad input', () => {
  const json = { 'Content-Type': 'application/json' };
  const png = { 'Content-Type': 'image/png' };
  const infer = '/v2/models/digits/infer';
  const zeros = new Array(PIXELS).fill(0);

  test.each<[string, string, RequestInit, number, string]>([
    ['no such route', '/v3', {}, 404, 'There is nothing at GET /v3.'],
    ['a path in capitals', '/V2', {}, 404, 'There is nothing at GET /V2.'],
    ['a path that cannot be decoded', '/v2/models/%E0%A4%A', {}, 400, 'The request is not valid: '],
    ['an unknown model', '/v2/models/letters', {}, 404, 'There is no model "letters"; this server has "digits".'],
    ['a name in capitals', '/v2/models/Digits', {}, 404, 'There is no model "Digits"; this server has "digits".'],
    ['an unknown version', '/v2/models/digits/versions/9', {}, 404, 'There is no version "9" of digits; this server'],
    ['inference on an unknown model', '/v2/models/x/infer', { method: 'POST' }, 404, 'There is no model "x"'],
    ['a file the bundle does not list', '/model/README.md', {}, 404, 'has no file "README.md"; it has bundle.json, '],
    ['a file outside the bundle', '/model/..%2f..%2fpackage.json', {}, 404, 'has no file "../../package.json"'],
    ['the wrong method', infer, {}, 405, `${infer} takes POST, not GET.`],
    ['no body', infer, { method: 'POST' }, 400, 'The body is empty; it should be JSON.'],
    ['null', infer, { method: 'POST', headers: json, body: 'null' }, 400, 'The body must be a JSON object.'],
    ['no JSON', infer, { method: 'POST', headers: json, body: 'digit' }, 400, 'The body is not valid JSON: Unexpected'],
    ['half of it', infer, { method: 'POST', headers: json, body: '{"inputs":[' }, 400, 'The body is not valid JSON: '],
    ['NaN, which JSON lacks', infer, { method: 'POST', headers: json, body: '[NaN]' }, 400, 'is not valid JSON'],
    [
      'a form',
      infer,
      { method: 'POST', body: new URLSearchParams({ a: '1' }) },
      415,
      'an inference request is application/json',
    ],
    [
      'another charset',
      infer,
      { method: 'POST', headers: { 'Content-Type': 'application/json; charset=iso-8859-1' }, body: '{}' },
      415,
      'unsupported charset',
    ],
    [
      'an unknown compression',
      infer,
      { method: 'POST', headers: { ...json, 'Content-Encoding': 'zip' }, body: '{}' },
      415,
      'unsupported content encoding',
    ],
    [
      'no gzip, though it says so',
      infer,
      { method: 'POST', headers: { ...json, 'Content-Encoding': 'gzip' }, body: '{}' },
      400,
      'incorrect header check',
    ],
    [
      'more JSON than the limit',
      infer,
      { method: 'POST', headers: json, body: ' '.repeat(2 ** 20 + 1) },
      413,
      'at most 1048576 bytes',
    ],
    ['no object', infer, request([]), 400, 'inputs is missing.'],
    ['no inputs', infer, request({}), 400, 'inputs[0].data holds'],
    ['another type', infer, request({ datatype: 'INT64' }), 400, 'inputs[0].datatype is "INT64"; "image" is "FP32"'],
    ['another shape', infer, request({ shape: [1, 1, 28, 28], data: zeros }), 400, 'it must be [batch, 28, 28, 1]'],
    ['a batch above the limit', infer, request({ shape: [1025, 28, 28, 1] }), 400, 'at most 1024 images'],
    ['too few numbers', infer, request({ data: zeros.slice(1) }), 400, 'inputs[0].data holds 783 elements'],
    ['a NaN among them', infer, request({ data: zeros.with(5, Number.NaN) }), 400, 'inputs[0].data[5] is null'],
    ['bytes, not 0..1', infer, request({ data: zeros.with(7, 128) }), 400, 'inputs[0].data[7] is 128; this model'],
    [
      'depth without end',
      infer,
      { method: 'POST', headers: json, body: `{"inputs":${'['.repeat(5e5)}${']'.repeat(5e5 - 10)}}` },
      400,
      'The JSON is nested deeper than 32 levels.',
    ],
    [
      'arrays without number',
      infer,
      { method: 'POST', headers: json, body: `{"inputs":[],"x":[${'[],'.repeat(3e5)}[]]}` },
      400,
      'inputs holds 0 tensors',
    ],
    [
      'more arrays than one image has',
      '/v2/models/digits/explain',
      { method: 'POST', headers: json, body: `{"inputs":[],"x":[${'[],'.repeat(3e5)}[]]}` },
      400,
      'The JSON holds more than 11764 keys and values',
    ],
    ['an unknown output', infer, request({ data: zeros }, { outputs: [{ name: 'x' }] }), 400, 'outputs[0].name is "x"'],
    [
      'a prototype',
      infer,
      { method: 'POST', headers: json, body: '{"__proto__":{"inputs":[]}}' },
      400,
      'inputs is missing.',
    ],
    [
      'no picture',
      '/api/recognize',
      { method: 'POST', headers: png },
      400,
      'The body is empty; it should be a picture',
    ],
    [
      'text as a picture',
      '/api/recognize',
      { method: 'POST', headers: png, body: 'hi' },
      400,
      'no PNG, JPEG, WebP or GIF',
    ],
    [
      'a picture of no type',
      '/api/recognize',
      { method: 'POST', body: new Uint8Array(9) },
      415,
      'The content type is missing',
    ],
    ['a form as a picture', '/api/recognize', { method: 'POST', body: new FormData() }, 415, 'send the picture itself'],
    ...(
      [
        ['JSON that is no object', '[]', 400, 'The body has 0 of image, pixels and strokes'],
        ['JSON null', 'null', 400, 'The body must be a JSON object.'],
        ['JSON cut short', '{"strokes":', 400, 'The body is not valid JSON'],
        ['nothing to read', '{}', 400, 'The body has 0 of image, pixels and strokes; it needs exactly one.'],
        ['two things to read', '{"image":"","strokes":[]}', 400, 'The body has 2 of image, pixels and strokes'],
        ['an image of a number', '{"image":7}', 400, 'image must be a string.'],
        ['an image that is no base64', '{"image":"%%%"}', 400, 'image is not base64.'],
        ['base64 of text', '{"image":"aGVsbG8="}', 400, 'no PNG, JPEG, WebP or GIF'],
        ['an image of nothing', '{"image":""}', 400, 'The body is empty; it should be a picture'],
        ['pixels without a size', '{"pixels":[0]}', 400, 'pixels needs width and height beside it.'],
        ['too few pixels', '{"pixels":[0],"width":2,"height":2}', 400, 'pixels holds 1 numbers; 2 × 2 is 4.'],
        ['a size of 0', '{"pixels":[],"width":0,"height":1}', 400, 'width must be at least 1.'],
        ['a negative size', '{"pixels":[],"width":1,"height":-1}', 400, 'height must be at least 1.'],
        ['half a pixel', '{"pixels":[0],"width":0.5,"height":2}', 400, 'width must be a whole number.'],
        ['a size beyond all bounds', '{"pixels":[],"width":4096,"height":4096}', 413, 'at most 4194304 pixels'],
        ['a side beyond all bounds', '{"pixels":[],"width":1e9,"height":1}', 400, 'width must be at most 4096.'],
        ['a grey of 256', '{"pixels":[256],"width":1,"height":1}', 400, 'pixels[0] is 256; a grey is a whole number'],
        ['a grey of text', '{"pixels":["0"],"width":1,"height":1}', 400, 'pixels.0 must be a number.'],
        ['strokes of numbers', '{"strokes":[[1,2]]}', 400, 'strokes.0.0 must be an object.'],
        ['a point without y', '{"strokes":[[{"x":1}]]}', 400, 'strokes.0.0.y is missing.'],
        ['a point nowhere', '{"strokes":[[{"x":1e999,"y":0}]]}', 400, 'strokes.0.0.x must be finite.'],
        ['a point far away', '{"strokes":[[{"x":1e300,"y":0}]]}', 400, 'strokes.0.0.x must be at most 1000000.'],
        ['an unknown mode', '{"strokes":[],"mode":"word"}', 400, 'mode must be "digit" or "line".'],
        ['a prototype', '{"__proto__":{"strokes":[]},"constructor":1}', 400, 'The body has 0 of image'],
        ['depth without end', `{"strokes":${'['.repeat(1e5)}`, 400, 'nested deeper than 32 levels'],
        [
          'more points than a hand draws',
          JSON.stringify({ strokes: [new Array(20_001).fill({ x: 1, y: 2 })] }),
          413,
          'strokes has 20001 points',
        ],
      ] as const
    ).map(
      ([what, body, status, message]) =>
        [`recognize: ${what}`, '/api/recognize', { method: 'POST', headers: json, body }, status, message] as [
          string,
          string,
          RequestInit,
          number,
          string,
        ],
    ),
    [
      'recognize: an unknown mode in the address',
      '/api/recognize?mode=word',
      { method: 'POST', headers: png },
      400,
      'mode is "word"',
    ],
    [
      'a picture above the limit',
      '/api/recognize',
      { method: 'POST', headers: png, body: new Uint8Array(2 ** 20 + 1) },
      413,
      'at most 1048576 bytes',
    ],
    [
      'a header of 100 KB',
      '/v2',
      { headers: { 'X-Huge': 'x'.repeat(100_000) } },
      431,
      'The request headers are too large',
    ],
  ])('%s', async (_what, path, init, status, message) => {
    const response = await fetch(server.url + path, init);
    const body = (await response.json()) as { error: string };
    expect(response.status).toBe(status);
    expect(body).toEqual({ error: expect.any(String) });
    expect(body.error).toContain(message);
    expect(body.error).not.toMatch(/\n\s+at |node_modules/);
  });

  test('a compressed body that grows above the limit is stopped there', async () => {
    const packed = new Blob([' '.repeat(50 * 2 ** 20)]).stream().pipeThrough(new CompressionStream('gzip'));
    const body = await new Response(packed).arrayBuffer();
    expect(body.byteLength).toBeLessThan(2 ** 20);
    const headers = { ...json, 'Content-Encoding': 'gzip' };
    const response = await fetch(server.url + infer, { method: 'POST', headers, body });
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: expect.stringContaining('at most 1048576') },
    ]);
  });

  test('a client that hangs up in the middle of its body harms nobody', async () => {
    const client = await rawClient(server.url);
    client.send(
      `POST ${infer} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"inp`,
    );
    client.socket.destroy();
    await client.answer;
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
  });

  test('after all of it the server answers as before', async () => {
    expect(await recognize(await grey(drawnDigit(3)).png().toBuffer(), 'image/png')).toMatchObject({ digit: 3 });
    expect((await post(inferUrl(), request({ data: zeros }))).status).toBe(200);
  });
});

test('a port in use: a problem, and the server that has it is left alone', async () => {
  const { port } = new URL(server.url);
  await expect(startServer(readSettings(['--port', port], {}))).rejects.toThrow(Problem);
  expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
});

test('a request under way is finished when the server closes', async () => {
  const other = await startServer(readSettings(['--port', '0', '--log-level', 'silent'], {}));
  const body = String(request({ data: new Array(PIXELS).fill(0) }).body);
  const client = await rawClient(other.url);
  client.send(
    `POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 99)}`,
  );
  expect((await fetch(`${other.url}/v2/health/ready`)).status).toBe(200);
  const closed = other.close();
  client.send(body.slice(99));
  expect(await client.answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"model_name":"digits"/s);
  await closed;
});

function inferUrl(): string {
  return `${server.url}/v2/models/digits/infer`;
}

function post(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init);
}

/** An inference request of one image, but for what is given; an array stands for the whole body. */
function request(input: object, envelope: object = {}): RequestInit {
  const whole = { name: 'image', datatype: 'FP32', shape: [1, 28, 28, 1], data: [], ...input };
  const body = Array.isArray(input) ? input : { ...envelope, inputs: [whole] };
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
