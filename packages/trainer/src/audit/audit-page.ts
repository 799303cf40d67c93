import { percent } from '@mnist-edge/command';
import { splitNames } from '@mnist-edge/data';
import { both, escapeHtml, page, picture, type Text } from '@mnist-edge/report';
import { type Audit, type Audited, NEAR_COPY, type Place } from './audit.ts';

/** The most of each kind that the page shows; audit.json has them all. */
const MOST = 120;

const splitTexts: Readonly<Record<Place['split'], Text>> = {
  train: { en: 'training', zh: '训练集' },
  validation: { en: 'validation', zh: '验证集' },
  test: { en: 'test', zh: '测试集' },
};

const faults: Readonly<Record<Audit['broken'][number]['fault'], Text>> = {
  blank: { en: 'one grey', zh: '单一灰度' },
  'almost blank': { en: 'almost no ink', zh: '几乎没有墨迹' },
  'almost full': { en: 'almost nothing but ink', zh: '几乎全是墨迹' },
};

/** The audit as one HTML file. */
export async function auditPage({ audit, imageAt }: Audited): Promise<string> {
  const { method } = audit;
  const show = (place: Place) => picture(imageAt(place), `${place.split} ${place.index}`);
  const labelCards = async (suspects: Audit['labels']) =>
    cards(suspects, async (suspect) => [
      await show(suspect),
      both({ en: `said to be ${suspect.given}`, zh: `标签 ${suspect.given}` }),
      `<strong>${both({ en: `looks like ${suspect.believed}`, zh: `像是 ${suspect.believed}` })}</strong>`,
      `${percent(suspect.givenProbability, 1)} : ${percent(suspect.believedProbability, 1)}${suspect.confident ? ' ★' : ''}`,
      where(suspect),
    ]);
  const body = [
    paragraph({
      en:
        `Every image was judged by a net that never saw it: ${method.folds} nets (${method.model}, ${method.epochs} epochs, ` +
        `seed ${method.seed}), each trained on the other folds of all splits together. The test split is read too; nothing ` +
        'about any model is decided by this page. A suspect is no proof: look at it.',
      zh:
        `每张图片都由从未见过它的网络判断：共 ${method.folds} 个网络（${method.model}，${method.epochs} 轮，随机种子 ${method.seed}），` +
        '各自在所有划分合并后的其余折上训练。测试集也会被读取，但任何模型都不会据此做决定。可疑不等于错误：请自己看一看。',
    }),
    heading({ en: 'Images by class', zh: '各类别的图片数' }),
    countTable(audit.counts),
    heading({ en: `Labels that look wrong: ${audit.labels.length}`, zh: `看起来有误的标签：${audit.labels.length}` }),
    paragraph({
      en:
        'Where the nets believe otherwise, the surest first: probability of the given label : of the believed one. ★ marks ' +
        'what confident learning (Northcutt et al., 2021) counts as an error; the nets are so sure of themselves that it ' +
        'counts few.',
      zh:
        '网络判断与标签不一致的图片，最可疑的在前：给定标签的概率 : 判断标签的概率。★ 为置信学习（Northcutt 等，2021）认定的错误；' +
        '由于网络往往过于自信，被认定的很少。',
    }),
    ...(await Promise.all(
      [...splitNames].reverse().map(async (name) => {
        const mine = audit.labels.filter(({ split }) => split === name);
        return `<h3>${both(splitTexts[name])} · ${mine.length}</h3>${await labelCards(mine)}`;
      }),
    )),
    heading({ en: `Copies to the bit: ${audit.copies.length}`, zh: `完全相同的图片：${audit.copies.length} 组` }),
    await cards(audit.copies, async (group) => [await show(group[0]!), ...group.map(where)]),
    heading({ en: `Near copies: ${audit.nearCopies.length}`, zh: `几乎相同的图片：${audit.nearCopies.length} 对` }),
    paragraph({
      en: `Pairs whose pixels differ by a root mean square of at most ${NEAR_COPY} grey levels of 255.`,
      zh: `像素差的均方根不超过 ${NEAR_COPY} 个灰度级（共 255 级）的图片对。`,
    }),
    await cards(audit.nearCopies, async ({ places: [first, second], difference }) => [
      `${await show(first)} ${await show(second)}`,
      `${where(first)} · ${where(second)}`,
      difference.toFixed(1),
    ]),
    heading({ en: `Broken images: ${audit.broken.length}`, zh: `损坏的图片：${audit.broken.length}` }),
    await cards(audit.broken, async (broken) => [await show(broken), both(faults[broken.fault]), where(broken)]),
  ].join('\n');
  const { name } = audit.dataset;
  return page({ title: { en: `Data audit: ${name}`, zh: `数据审查：${name}` }, body });
}

async function cards<Item>(items: readonly Item[], lines: (item: Item) => Promise<readonly string[]>): Promise<string> {
  if (items.length === 0) return `<p>${both({ en: 'None.', zh: '没有。' })}</p>`;
  const shown = await Promise.all(
    items
      .slice(0, MOST)
      .map(async (item) => `<li>${(await lines(item)).map((line) => `<div>${line}</div>`).join('')}</li>`),
  );
  const more = items.length - shown.length;
  const rest =
    more > 0 ? paragraph({ en: `${more} more are in audit.json.`, zh: `其余 ${more} 项见 audit.json。` }) : '';
  return `<ul class="cards">${shown.join('')}</ul>${rest}`;
}

function countTable(counts: Audit['counts']): string {
  const head = splitNames.map((name) => `<th scope="col">${both(splitTexts[name])}</th>`).join('');
  const rows = Object.keys(counts.train).map((label) => {
    const cells = splitNames.map((name) => `<td>${counts[name][label]!.toLocaleString('en')}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(label)}</th>${cells}</tr>`;
  });
  const corner = `<th scope="col">${both({ en: 'class', zh: '类别' })}</th>`;
  return `<table><thead><tr>${corner}${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function where({ split, index }: Place): string {
  return `<small>${both(splitTexts[split])} ${index}</small>`;
}

function heading(text: Text): string {
  return `<h2>${both(text)}</h2>`;
}

function paragraph(text: Text): string {
  return `<p>${both(text)}</p>`;
}
