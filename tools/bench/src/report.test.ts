import { describe, expect, test } from 'vitest';
import type { LoadResult } from './load.ts';
import { type Report, render } from './report.ts';

const empty: Report = {
  schemaVersion: 1,
  date: '2026-01-02T03:04:05.678Z',
  machine: { cpu: 'Example CPU', cores: 2, memoryGiB: 8, system: 'linux x64', node: '20.19.0' },
  quick: false,
  failures: [],
};

const loaded = (connections: number, requestsPerSecond: number, p50Micros: number, p99Micros: number): LoadResult => ({
  connections,
  requests: 1000,
  requestsPerSecond,
  p50Micros,
  p99Micros,
});

/** The cells of the table row that begins so. */
function cells(text: string, start: string): string[] {
  const line = text.split('\n').find((row) => row.startsWith(`| ${start} `));
  return (line ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('a report without parts is the date and the machine', () => {
  expect(render(empty)).toBe(
    '# Bench of 2026-01-02 03:04 UTC\n\nExample CPU, 2 cores, 8 GiB, linux x64, Node 20.19.0\n',
  );
});

test('a quick run says that it is not to be quoted', () => {
  expect(render({ ...empty, quick: true })).toMatch(/^# Bench of .* \(quick: too short to be quoted\)\n/);
});

test('the step with an augmentation is held against the step without', () => {
  const speed = { model: 'edge', backend: 'TensorFlow 2.21.0 on CPU', batchSize: 128 };
  const text = render({
    ...empty,
    augmentation: [
      { ...speed, augment: 'none', imagesPerSecond: 5120, millisecondsPerStep: 25 },
      { ...speed, augment: 'gentle', imagesPerSecond: 4096, millisecondsPerStep: 31.25 },
    ],
  });
  expect(text).toMatch(/\| none +\| +5,120 \| +25 \| +1× \|/);
  expect(text).toMatch(/\| gentle +\| +4,100 \| +31\.3 \| +1\.25× \|/);
});

test('the fast recipe is held against the wait for Keras, a round each', () => {
  const rounds = [
    { seed: 1, seconds: 30, accuracy: 0.993, kerasSeconds: 40 },
    { seed: 2, seconds: 44, accuracy: 0.9945, kerasSeconds: 40 },
    { seed: 3, seconds: 40, accuracy: 0.9944, kerasSeconds: 40 },
  ];
  const text = render({ ...empty, fast: { keras: '3.15.1', rounds } });
  expect(cells(text, '2')).toEqual(['2', '44.0', '99.45 %', '40.0']);
  expect(text).toContain('Mean accuracy 99.397 % (aim 99.40); 1.00 times the wait of Keras (median; aim 1).');
});

test('each peer is what ours is held against', () => {
  const text = render({
    ...empty,
    peers: [
      { trainer: 'ours', imagesPerSecond: 9000, cpuMillisecondsPerStep: 20 },
      { trainer: 'Keras', imagesPerSecond: 10_000, cpuMillisecondsPerStep: 21, aim: 0.8 },
    ],
  });
  expect(text).toMatch(/\| ours +\| +9,000 \| +1× \| +\| +20 \|/);
  expect(text).toMatch(/\| Keras +\| +10,000 \| +0\.9× \| +0\.8× \| +21 \|/);
});

test('training and inference, a row each', () => {
  const text = render({
    ...empty,
    model: { name: 'digits', version: '1.2.3', sha256: 'abc' },
    training: [
      {
        model: 'edge',
        backend: 'TensorFlow 2.21.0 on CPU',
        batchSize: 128,
        augment: 'gentle',
        imagesPerSecond: 4321,
        millisecondsPerStep: 29.62,
      },
    ],
    inference: [{ batch: 32, runs: 10, medianMicros: 456.7, p99Micros: 890.1, imagesPerSecond: 70_123 }],
  });
  expect(text).toContain('Model digits 1.2.3, SHA-256 abc');
  expect(cells(text, 'edge')).toEqual(['edge', '4,320', '29.6', '128', 'gentle', 'TensorFlow 2.21.0 on CPU']);
  expect(cells(text, '32')).toEqual(['32', '457', '890', '70,100']);
});

test('the server stands beside a bare one and the model alone, as ratios', () => {
  const text = render({
    ...empty,
    server: {
      requestBytes: 6000,
      answerBytes: 700,
      server: [loaded(1, 2000, 500, 1000), loaded(10, 3000, 3300, 5000)],
      bareHttp: [loaded(1, 8000, 125, 400), loaded(10, 12_000, 800, 1000)],
      rawRun: { runsPerSecond: 20_000, p50Micros: 50, p99Micros: 100 },
    },
  });
  const [speeds, ratios] = text.split('| server beside');
  expect(cells(speeds!, 'mnist-edge server')).toEqual(['mnist-edge server', '1', '2,000', '500', '1,000']);
  expect(cells(speeds!, 'raw session.run')).toEqual(['raw session.run', '–', '20,000', '50', '100']);
  expect(cells(ratios!, 'bare node:http')).toEqual(['bare node:http', '1', '0.25×', '4×', '2.5×']);
  expect(cells(ratios!, 'raw session.run')).toEqual(['raw session.run', '1', '0.1×', '10×', '10×']);
  expect(ratios).toContain('|          10 |      0.25× |');
});

describe('memory', () => {
  const server = (...megabytes: number[]) =>
    render({
      ...empty,
      serverMemory: { moments: megabytes.map((size, i) => ({ requests: 10_000 * i, resident: size * 1e6 })) },
    });

  test('a server that goes up and down under load is flat; its start does not count', () => {
    const text = server(80, 120, 130, 126, 118);
    expect(cells(text, '10,000')).toEqual(['10,000', '120 MB']);
    expect(text).toContain('\nFlat: −1.7 % from the earlier to the later half of the rounds');
    expect(text).toContain('highest 130 MB, within the limit of 200 MB.\n');
  });

  test('one that grows is not, and one above the limit is named so', () => {
    expect(server(80, 120, 121, 127, 128)).toContain('\nNOT flat: +5.8 % from');
    expect(server(80, 201, 190)).toContain('; highest 201 MB, ABOVE the limit of 200 MB.');
  });

  test('the pipeline is as large as its largest stage', () => {
    const stages = [
      { target: 'data:prepare', peak: 2e8 },
      { target: 'trainer:train', peak: 2.1e9 },
      { target: 'exporter:export', peak: 1e9 },
    ];
    const text = render({ ...empty, pipelineMemory: { dataset: 'mnist', epochs: 1, stages } });
    expect(cells(text, 'exporter:export')).toEqual(['exporter:export', '1,000 MB']);
    expect(text).toContain('mnist, 1 epoch;');
    expect(text).toContain('2,100 MB, ABOVE the limit of 2,000 MB. Training: 2,100 MB, ABOVE the limit of 1,200 MB.');
  });
});

test('what failed is said, with the reason, beside what did not', () => {
  const text = render({ ...empty, failures: [{ what: 'server', why: 'Port taken.' }] });
  expect(text).toMatch(/## Not measured: server\n\nPort taken\.\n$/);
});

test('the page is shown at full speed and slowed down', () => {
  const bars = { barsMedian: 6.5, barsP95: 12.3, barsEvents: 300 };
  const web = { ...bars, firstPaint: 120, firstVisitReady: 600, secondVisitReady: 240 };
  const text = render({
    ...empty,
    web: [
      { slowdown: 1, ...web },
      { slowdown: 4, ...web, firstPaint: 480 },
    ],
  });
  expect(text).toMatch(/\| full speed +\| +120 \| +600 \| +240 \| 6\.5 \(p95 12\.3, 300 events\) \|/);
  expect(text).toMatch(/\| 4 times slower \| +480 /);
});
