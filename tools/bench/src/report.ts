import { percent } from '@mnist-edge/command';
import type { FastRecipe } from './fast.ts';
import type { InferenceSpeed } from './inference.ts';
import type { LoadResult } from './load.ts';
import { describeMachine, type Machine } from './machine.ts';
import type { PipelineMemory, ServerMemory } from './memory.ts';
import type { PeerSpeed } from './peers.ts';
import type { ServerSpeed } from './server.ts';
import { growth, median } from './statistics.ts';
import { megabytes, short, table, times } from './table.ts';
import type { TrainingSpeed } from './training.ts';
import type { WebSpeed } from './web.ts';

export const parts = ['training', 'fast', 'inference', 'server', 'web', 'memory'] as const;
export type Part = (typeof parts)[number];

/** One run of the bench; the JSON file is this. A part that was not asked for, or failed, is missing. */
export interface Report {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: Machine;
  /** Short measurements: good to see that all works, too noisy to be quoted. */
  readonly quick: boolean;
  readonly model?: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly training?: readonly TrainingSpeed[];
  /** One model with each augmentation; the first is without. */
  readonly augmentation?: readonly TrainingSpeed[];
  /** The tutorial model here and by others; ours is the first. */
  readonly peers?: readonly PeerSpeed[];
  /** The recipe for the shortest wait, and Keras with the article's. */
  readonly fast?: FastRecipe;
  readonly inference?: readonly InferenceSpeed[];
  readonly server?: ServerSpeed;
  /** The page in Chromium, at full speed and slowed down. */
  readonly web?: readonly WebSpeed[];
  readonly serverMemory?: ServerMemory;
  readonly pipelineMemory?: PipelineMemory;
  /** What failed, and why. */
  readonly failures: readonly { readonly what: string; readonly why: string }[];
}

/** Limits of resident memory, in bytes: what this project promises. */
const SERVER_LIMIT = 200e6;
const PIPELINE_LIMIT = 2e9;
const TRAINING_LIMIT = 1.2e9;
/** A server whose memory is within this share in the earlier and the later half of the rounds has no leak to speak of. */
const FLAT = 0.05;

/** The report as Markdown that reads well in a terminal. */
export function render(report: Report): string {
  const { model, training, augmentation, peers, inference, server, serverMemory, pipelineMemory } = report;
  const sections = [
    [
      `# Bench of ${report.date.slice(0, 16).replace('T', ' ')} UTC${report.quick ? ' (quick: too short to be quoted)' : ''}`,
      describeMachine(report.machine),
      ...(model === undefined ? [] : [`Model ${model.name} ${model.version}, SHA-256 ${model.sha256}`]),
    ].join('\n\n'),
    training && renderTraining(training),
    augmentation && renderAugmentation(augmentation),
    peers && renderPeers(peers),
    report.fast && renderFast(report.fast),
    inference && renderInference(inference),
    server && renderServer(server),
    report.web && renderWeb(report.web),
    serverMemory && renderServerMemory(serverMemory),
    pipelineMemory && renderPipelineMemory(pipelineMemory),
    ...report.failures.map(({ what, why }) => `## Not measured: ${what}\n\n${why}`),
  ];
  return `${sections.filter((section) => section !== undefined).join('\n\n')}\n`;
}

function renderTraining(speeds: readonly TrainingSpeed[]): string {
  const rows = speeds.map((speed) => [
    speed.model,
    short(speed.imagesPerSecond),
    short(speed.millisecondsPerStep),
    String(speed.batchSize),
    speed.augment,
    speed.backend,
  ]);
  return `## Training\n\n${table(['model', 'images/s', 'ms a step', 'batch', 'augmentation', 'on'], rows)}`;
}

function renderAugmentation(speeds: readonly TrainingSpeed[]): string {
  const [plain] = speeds;
  const rows = speeds.map(({ augment, imagesPerSecond, millisecondsPerStep }) => [
    augment,
    short(imagesPerSecond),
    short(millisecondsPerStep),
    times(millisecondsPerStep, plain!.millisecondsPerStep),
  ]);
  return (
    `## Training ${plain!.model} with and without augmentation, a round of each in turn\n\n` +
    table(['augmentation', 'images/s', 'ms a step', 'step beside none'], rows)
  );
}

function renderPeers(peers: readonly PeerSpeed[]): string {
  const [ours] = peers;
  const rows = peers.map(({ trainer, imagesPerSecond, cpuMillisecondsPerStep, aim }) => [
    trainer,
    short(imagesPerSecond),
    times(ours!.imagesPerSecond, imagesPerSecond),
    aim === undefined ? '' : `${aim}×`,
    short(cpuMillisecondsPerStep),
  ]);
  return (
    '## Training keras-tutorial at a batch of 128, a round of each in turn\n\n' +
    table(['trainer', 'images/s', 'ours beside it', 'aim', 'processor ms a step'], rows)
  );
}

function renderFast({ keras, rounds }: FastRecipe): string {
  const rows = rounds.map(({ seed, seconds, accuracy, kerasSeconds }) => [
    String(seed),
    seconds.toFixed(1),
    percent(accuracy),
    kerasSeconds.toFixed(1),
  ]);
  const mean = rounds.reduce((sum, { accuracy }) => sum + accuracy, 0) / rounds.length;
  const ratio = median(rounds.map(({ seconds, kerasSeconds }) => seconds / kerasSeconds));
  return (
    '## The recipe for the shortest wait: from the gzipped files to the test accuracy\n\n' +
    `${table(['seed', 'seconds', 'test accuracy', `Keras ${keras}, 5 epochs of the tutorial, seconds`], rows)}\n\n` +
    `Mean accuracy ${percent(mean, 3)} (aim 99.40); ${ratio.toFixed(2)} times the wait of Keras (median; aim 1).`
  );
}

function renderInference(speeds: readonly InferenceSpeed[]): string {
  const rows = speeds.map((speed) => [
    String(speed.batch),
    short(speed.medianMicros),
    short(speed.p99Micros),
    short(speed.imagesPerSecond),
  ]);
  return `## onnxruntime-node, one thread\n\n${table(['batch', 'median µs a run', 'p99 µs', 'images/s'], rows)}`;
}

function renderServer({ server, bareHttp, rawRun, requestBytes, answerBytes }: ServerSpeed): string {
  const row = (name: string, { connections, requestsPerSecond, p50Micros, p99Micros }: LoadResult) => [
    name,
    String(connections),
    short(requestsPerSecond),
    short(p50Micros),
    short(p99Micros),
  ];
  const speeds = table(
    ['', 'connections', 'requests/s', 'p50 µs', 'p99 µs'],
    [
      ...server.flatMap((ours, i) => [row('mnist-edge server', ours), row('bare node:http', bareHttp[i]!)]),
      ['raw session.run', '–', short(rawRun.runsPerSecond), short(rawRun.p50Micros), short(rawRun.p99Micros)],
    ],
  );
  const ratios = table(
    ['server beside', 'connections', 'requests/s', 'p50', 'p99'],
    server.flatMap((ours, i) => {
      const bare = bareHttp[i]!;
      return [
        [
          'bare node:http',
          String(ours.connections),
          times(ours.requestsPerSecond, bare.requestsPerSecond),
          times(ours.p50Micros, bare.p50Micros),
          times(ours.p99Micros, bare.p99Micros),
        ],
        [
          'raw session.run',
          String(ours.connections),
          times(ours.requestsPerSecond, rawRun.runsPerSecond),
          times(ours.p50Micros, rawRun.p50Micros),
          times(ours.p99Micros, rawRun.p99Micros),
        ],
      ];
    }),
  );
  return (
    '## Server: POST /v2/models/…/infer, one image as JSON\n\n' +
    `${short(requestBytes)} bytes asked, ${short(answerBytes)} answered; server and client share the machine.\n\n` +
    `${speeds}\n\n${ratios}`
  );
}

function renderWeb(speeds: readonly WebSpeed[]): string {
  const rows = speeds.map(({ slowdown, barsMedian, barsP95, barsEvents, ...speed }) => [
    slowdown === 1 ? 'full speed' : `${slowdown} times slower`,
    short(speed.firstPaint),
    short(speed.firstVisitReady),
    short(speed.secondVisitReady),
    `${short(barsMedian)} (p95 ${short(barsP95)}, ${barsEvents} events)`,
  ]);
  const head = ['main thread', 'first paint ms', 'model ready ms', 'second visit ready ms', 'pointer event to bars ms'];
  return `## The web page in Chromium\n\n${table(head, rows)}`;
}

function renderServerMemory({ moments }: ServerMemory): string {
  const rows = moments.map(({ requests, resident }) => [requests.toLocaleString('en'), megabytes(resident)]);
  const [, ...underLoad] = moments.map(({ resident }) => resident);
  const highest = Math.max(...underLoad);
  const grown = growth(underLoad);
  const percent = `${grown < 0 ? '−' : '+'}${(100 * Math.abs(grown)).toFixed(1)} %`;
  return (
    `## Resident memory of the server\n\n${table(['after requests', 'resident'], rows)}\n\n` +
    `${grown <= FLAT ? 'Flat' : 'NOT flat'}: ${percent} from the earlier to the later half of the rounds (medians; at most ` +
    `${100 * FLAT} % counts as flat); highest ` +
    `${against(highest, SERVER_LIMIT)}.`
  );
}

function renderPipelineMemory({ dataset, epochs, stages }: PipelineMemory): string {
  const rows = stages.map(({ target, peak }) => [target, megabytes(peak)]);
  const highest = Math.max(...stages.map(({ peak }) => peak));
  const training = stages.find(({ target }) => target === 'trainer:train');
  return (
    `## Highest resident memory of the pipeline\n\n${dataset}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}; each stage ` +
    `with all processes it starts.\n\n${table(['stage', 'peak'], rows)}\n\n${against(highest, PIPELINE_LIMIT)}.` +
    (training === undefined ? '' : ` Training: ${against(training.peak, TRAINING_LIMIT)}.`)
  );
}

function against(bytes: number, limit: number): string {
  return `${megabytes(bytes)}, ${bytes <= limit ? 'within' : 'ABOVE'} the limit of ${megabytes(limit)}`;
}
