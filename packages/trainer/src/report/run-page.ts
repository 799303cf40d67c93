import type { DatasetInfo, Split } from '@mnist-edge/data';
import { PIXELS } from '@mnist-edge/recognizer';
import { both, curves, escapeHtml, page, picture, type Text } from '@mnist-edge/report';
import type { EpochReport } from '../epochs.ts';
import type { Run } from '../run-folder.ts';
import { filterPictures, type Kernel } from './filters.ts';
import { believed, type Confusion, classScores, confusionOf, reliabilityOf, wilsonInterval } from './judgement.ts';

/** Images that one cell of the confusion matrix opens, and images with the highest loss. */
const MOST_IN_CELL = 12;
const MOST_WORST = 24;
/** Beyond this many classes the confusion matrix is a list of its fullest cells. */
const MOST_COLUMNS = 20;

export interface RunFacts {
  readonly name: string;
  readonly run: Run;
  readonly metrics: readonly EpochReport[];
  readonly dataset: DatasetInfo;
  readonly test: Split;
  /** Of each test image, at temperature 1 and at the fitted one. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** Fitted on the validation split. */
  readonly temperature: number;
  /** Of the first layer, where it is a convolution. */
  readonly kernel: Kernel | null;
  /** The command line that makes this run again. */
  readonly command: string;
}

/** A run as one HTML file. */
export async function runPage(facts: RunFacts): Promise<string> {
  const { name, run, dataset, test, after, command } = facts;
  const confusion = confusionOf(after, test.labels, dataset.labels.length);
  const title = {
    en: `Run ${name}: ${run.config.model} on ${dataset.name}`,
    zh: `训练 ${name}：${run.config.model}，${dataset.name}`,
  };
  const body = [
    `<style>${style}</style>`,
    headline(facts),
    heading({ en: 'Learning curves', zh: '学习曲线' }),
    learning(facts),
    heading({ en: 'Confusion matrix', zh: '混淆矩阵' }),
    paragraph({
      en: 'Test images: rows are what they are, columns what they were taken for. Choose a number to see the images.',
      zh: '测试集图片：行是真实类别，列是识别结果。点按数字可查看对应图片。',
    }),
    await confusionMatrix(facts, confusion),
    heading({ en: 'By class', zh: '各类别' }),
    classTable(dataset.labels, confusion),
    heading({ en: 'Can its confidence be believed?', zh: '它的置信度可信吗？' }),
    reliability(facts),
    heading({ en: 'Highest loss', zh: '损失最高的图片' }),
    await worst(facts),
    ...(facts.kernel === null
      ? []
      : [
          heading({ en: 'First-layer filters', zh: '第一层卷积核' }),
          paragraph({
            en: 'Orange adds to the answer of a filter, blue takes away; the deepest colour is the largest weight of all.',
            zh: '橙色为正权重，蓝色为负权重；颜色最深处是绝对值最大的权重。',
          }),
          filterPictures(facts.kernel),
        ]),
    heading({ en: 'How to make it again', zh: '如何重现' }),
    `<pre><code>${escapeHtml(command)}</code></pre>`,
    provenance(facts),
  ].join('\n');
  return page({ title, body });
}

function headline({ run, test, dataset, after }: RunFacts): string {
  const { result } = run;
  const right = after.filter((each, i) => believed(each) === test.labels[i]).length;
  const [low, high] = wilsonInterval(right, test.count);
  const items: [Text, string][] = [
    [{ en: 'test accuracy', zh: '测试集准确率' }, percent(right / test.count)],
    [
      { en: `95 % interval, ${thousands(test.count)} images`, zh: `95 % 置信区间（${thousands(test.count)} 张）` },
      `${(100 * low).toFixed(2)} – ${percent(high)}`,
    ],
    [{ en: 'validation accuracy', zh: '验证集准确率' }, percent(result.validation.accuracy)],
    [{ en: 'parameters', zh: '参数量' }, thousands(result.parameters)],
    [{ en: 'epochs (kept)', zh: '轮数（保留）' }, `${result.epochs} (${result.bestEpoch})`],
    [{ en: 'time', zh: '用时' }, `${Math.round(result.seconds)} s`],
    [{ en: 'images/s', zh: '图片/秒' }, thousands(Math.round(result.imagesPerSecond))],
    [{ en: 'classes', zh: '类别数' }, String(dataset.labels.length)],
  ];
  const cells = items.map(([label, value]) => `<div><dt>${both(label)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  const stopped = result.finished
    ? ''
    : paragraph({ en: 'This run was interrupted before its last epoch.', zh: '本次训练在最后一轮之前被中断。' });
  return `<dl class="headline">${cells.join('')}</dl>${stopped}`;
}

function learning({ metrics, run }: RunFacts): string {
  const line = (value: (report: EpochReport) => number) =>
    metrics.map((report) => [report.epoch, value(report)] as const);
  const x = { en: 'epoch', zh: '轮' };
  const marked = run.result.bestEpoch;
  const charts = [
    curves({
      title: { en: 'Accuracy by epoch', zh: '每轮准确率' },
      x,
      y: { en: 'accuracy, %', zh: '准确率，%' },
      scale: 'percent',
      curves: [
        { name: { en: 'training', zh: '训练' }, points: line(({ train }) => train.accuracy) },
        { name: { en: 'validation', zh: '验证' }, points: line(({ validation }) => validation.accuracy), marked },
      ],
    }),
    curves({
      title: { en: 'Loss by epoch', zh: '每轮损失' },
      x,
      y: { en: 'loss', zh: '损失' },
      curves: [
        { name: { en: 'training', zh: '训练' }, points: line(({ train }) => train.loss) },
        { name: { en: 'validation', zh: '验证' }, points: line(({ validation }) => validation.loss), marked },
      ],
    }),
    curves({
      title: { en: 'Learning rate at the end of each epoch', zh: '每轮结束时的学习率' },
      x,
      y: { en: 'learning rate', zh: '学习率' },
      curves: [{ name: { en: 'learning rate', zh: '学习率' }, points: line(({ learningRate }) => learningRate) }],
    }),
  ];
  const note = paragraph({
    en: 'Training figures are means over the epoch, with dropout and augmentation on, so they may be worse than validation. The dot is the epoch that was kept.',
    zh: '训练指标是整轮的平均值，且含 dropout 与数据增强，因此可能不如验证指标。圆点为保留的那一轮。',
  });
  return `<div class="charts">${charts.join('')}</div>${note}`;
}

async function confusionMatrix(facts: RunFacts, confusion: Confusion): Promise<string> {
  const { labels } = facts.dataset;
  const wrong = confusion.flatMap((row, given) =>
    row.flatMap((count, taken) => (given !== taken && count > 0 ? [{ given, taken, count }] : [])),
  );
  const popovers = await Promise.all(wrong.map((cell) => cellImages(facts, cell)));
  const button = ({ given, taken, count }: (typeof wrong)[number]) =>
    `<button popovertarget="cell-${given}-${taken}" title="${escapeHtml(`${labels[given]} → ${labels[taken]}`)}">${count}</button>`;
  if (labels.length > MOST_COLUMNS) {
    const rows = [...wrong]
      .sort((a, b) => b.count - a.count)
      .slice(0, 60)
      .map((cell) => `<li>${escapeHtml(`${labels[cell.given]} → ${labels[cell.taken]}`)} ${button(cell)}</li>`);
    return `<ul>${rows.join('')}</ul>${popovers.join('')}`;
  }
  const highest = Math.max(1, ...wrong.map(({ count }) => count));
  const head = labels.map((label) => `<th scope="col">${escapeHtml(label)}</th>`).join('');
  const rows = confusion.map((row, given) => {
    const cells = row.map((count, taken) => {
      if (given === taken) return `<td class="right">${thousands(count)}</td>`;
      if (count === 0) return '<td class="none">·</td>';
      const share = Math.round(15 + (60 * count) / highest);
      return `<td style="background:color-mix(in srgb, var(--wrong) ${share}%, transparent)">${button({ given, taken, count })}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(labels[given]!)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="confusion"><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>${popovers.join('')}`;
}

async function cellImages(
  { dataset, test, after }: RunFacts,
  { given, taken, count }: { given: number; taken: number; count: number },
): Promise<string> {
  const indices = after.flatMap((each, i) => (test.labels[i] === given && believed(each) === taken ? [i] : []));
  indices.sort((a, b) => after[b]![taken]! - after[a]![taken]!);
  const names = { given: dataset.labels[given]!, taken: dataset.labels[taken]! };
  const cards = await Promise.all(indices.slice(0, MOST_IN_CELL).map((i) => card({ dataset, test, after }, i)));
  const title = both({
    en: `${names.given} taken for ${names.taken}: ${count}`,
    zh: `${names.given} 被认作 ${names.taken}：${count} 张`,
  });
  const rest =
    count > MOST_IN_CELL
      ? paragraph({ en: `The ${MOST_IN_CELL} surest of them.`, zh: `其中最确信的 ${MOST_IN_CELL} 张。` })
      : '';
  return `<div popover id="cell-${given}-${taken}"><h3>${title}</h3><ul class="cards">${cards.join('')}</ul>${rest}</div>`;
}

/** An image with its three most probable classes. */
async function card(
  { dataset, test, after }: Pick<RunFacts, 'dataset' | 'test' | 'after'>,
  index: number,
): Promise<string> {
  const probabilities = after[index]!;
  const best = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!).slice(0, 3);
  const lines = best.map((label) => {
    const text = `${escapeHtml(dataset.labels[label]!)} ${percent(probabilities[label]!)}`;
    return `<div>${label === test.labels[index] ? `<strong>${text}</strong>` : text}</div>`;
  });
  const image = test.images.subarray(index * PIXELS, (index + 1) * PIXELS);
  const what = both({ en: `test ${index}`, zh: `测试集 ${index}` });
  return `<li>${await picture(image, `${dataset.labels[test.labels[index]!]}, test ${index}`)}${lines.join('')}<small>${what}</small></li>`;
}

function classTable(labels: readonly string[], confusion: Confusion): string {
  const cell = (share: number | null) => `<td>${share === null ? '–' : percent(share)}</td>`;
  const rows = classScores(confusion).map(
    ({ images, precision, recall, f1 }, label) =>
      `<tr><th scope="row">${escapeHtml(labels[label]!)}</th><td>${thousands(images)}</td>${cell(precision)}${cell(recall)}${cell(f1)}</tr>`,
  );
  const head = [
    { en: 'class', zh: '类别' },
    { en: 'images', zh: '图片' },
    { en: 'precision', zh: '精确率' },
    { en: 'recall', zh: '召回率' },
    { en: 'F1', zh: 'F1' },
  ].map((text) => `<th scope="col">${both(text)}</th>`);
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function reliability({ before, after, test, temperature }: RunFacts): string {
  const [raw, fitted] = [reliabilityOf(before, test.labels), reliabilityOf(after, test.labels)];
  const points = ({ bins }: typeof raw) =>
    bins.map(({ confidence, accuracy }) => [100 * confidence, accuracy] as const);
  const chart = curves({
    title: { en: 'Reliability diagram', zh: '可靠性图' },
    x: { en: 'confidence, %', zh: '置信度，%' },
    y: { en: 'accuracy, %', zh: '准确率，%' },
    scale: 'percent',
    curves: [
      {
        name: { en: 'ideal', zh: '理想' },
        points: [
          [0, 0],
          [100, 1],
        ],
      },
      { name: 'T = 1', points: points(raw) },
      { name: `T = ${temperature}`, points: points(fitted) },
    ],
  });
  const text = paragraph({
    en:
      `Expected calibration error ${(100 * raw.error).toFixed(2)} % before and ${(100 * fitted.error).toFixed(2)} % after ` +
      `dividing the logits by the temperature ${temperature}, which was fitted on the validation split. Bins of little ` +
      'confidence hold few images, so their points jump.',
    zh:
      `期望校准误差（ECE）：缩放前 ${(100 * raw.error).toFixed(2)} %，除以温度 ${temperature}（在验证集上拟合）后 ` +
      `${(100 * fitted.error).toFixed(2)} %。低置信度区间图片很少，因此这些点会跳动。`,
  });
  return `<div class="charts">${chart}</div>${text}`;
}

async function worst({ dataset, test, after }: RunFacts): Promise<string> {
  const loss = (i: number) => -Math.log(Math.max(after[i]![test.labels[i]!]!, Number.MIN_VALUE));
  const indices = [...after.keys()].sort((a, b) => loss(b) - loss(a)).slice(0, MOST_WORST);
  const cards = await Promise.all(indices.map((i) => card({ dataset, test, after }, i)));
  const text = paragraph({
    en: 'Test images whose own class, in bold where it is among the first three, was thought least likely.',
    zh: '测试集中，真实类别（若在前三名之内则加粗）被认为最不可能的图片。',
  });
  return `${text}<ul class="cards">${cards.join('')}</ul>`;
}

function provenance({ run, dataset }: RunFacts): string {
  const { config, result } = run;
  const table = (rows: readonly (readonly [string, unknown])[]) =>
    `<div class="scroll"><table class="facts"><tbody>${rows
      .map(([key, value]) => `<tr><th scope="row">${escapeHtml(key)}</th><td>${escapeHtml(String(value))}</td></tr>`)
      .join('')}</tbody></table></div>`;
  return [
    heading3({ en: 'Settings', zh: '设置' }),
    table(Object.entries(config)),
    heading3({ en: 'Machine and versions', zh: '机器与版本' }),
    table([['machine', result.machine], ['backend', result.backend], ...Object.entries(result.versions)]),
    heading3({ en: `Dataset ${dataset.name}: SHA-256`, zh: `数据集 ${dataset.name}：SHA-256` }),
    table(Object.entries(result.dataset.sha256)),
  ].join('');
}

function heading(text: Text): string {
  return `<h2>${both(text)}</h2>`;
}

function heading3(text: Text): string {
  return `<h3>${both(text)}</h3>`;
}

function paragraph(text: Text): string {
  return `<p>${both(text)}</p>`;
}

function percent(share: number): string {
  // A space that does not break.
  return `${(100 * share).toFixed(2)}\u00a0%`;
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}

const style = `
:root { --wrong: light-dark(#e8590c, #ff922b); }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: .75rem; margin: 1rem 0; }
.headline div { padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; }
.headline dt { color: var(--quiet); font-size: .875rem; }
.headline dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.charts svg { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; }
.confusion td, .confusion th { padding: .15rem .3rem; min-width: 2.1rem; text-align: center; }
.confusion .right { color: var(--quiet); }
.confusion .none { color: var(--line); }
.confusion button { width: 100%; padding: .1rem; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; text-decoration: underline; }
@media (max-width: 30rem) { .headline { grid-template-columns: 1fr 1fr; } th, td { padding-right: .5rem; } table { font-size: .875rem; } }
[popover] { max-width: min(46rem, 90vw); max-height: 85vh; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem; color: var(--ink); background: var(--paper); }
[popover]::backdrop { background: #0008; }
[popover] h3 { margin-top: 0; }
.facts th, .facts td { text-align: left; overflow-wrap: anywhere; font-size: .875rem; }
.facts th { white-space: nowrap; }
pre { padding: .75rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
