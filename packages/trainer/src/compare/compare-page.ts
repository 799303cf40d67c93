import { both, curves, escapeHtml, page, type Text } from '@mnist-edge/report';
import { type Comparison, compareRuns, type Row } from './comparison.ts';
import type { ObservedRun } from './observed-run.ts';

const EPOCH: Text = { en: 'epoch', zh: '轮次' };

/** One HTML file that draws runs side by side: curves of their validation, what they came to, how they differ. */
export function comparePage(runs: readonly ObservedRun[]): string {
  const comparison = compareRuns(runs);
  const chart = (title: Text, y: Text, scale: 'percent' | 'log', value: 'accuracy' | 'loss') =>
    `<section><h2>${both(title)}</h2>${curves({
      title,
      x: EPOCH,
      y,
      scale,
      curves: runs.map(({ name, reports, best }) => ({
        name,
        points: reports.map(({ epoch, validation }) => [epoch, validation[value]] as const),
        marked: best?.epoch,
      })),
    })}</section>`;
  const body = [
    '<div style="display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1rem">',
    chart(
      { en: 'Validation accuracy', zh: '验证准确率' },
      { en: 'accuracy (%)', zh: '准确率（%）' },
      'percent',
      'accuracy',
    ),
    chart({ en: 'Validation loss', zh: '验证损失' }, { en: 'loss (log scale)', zh: '损失（对数刻度）' }, 'log', 'loss'),
    '</div>',
    `<p><small>${both({
      en: 'A dot marks the epoch that the run keeps: the one of the highest validation accuracy.',
      zh: '圆点标出该次训练所保留的轮次，即验证准确率最高的一轮。',
    })}</small></p>`,
    `<h2>${both({ en: 'Results', zh: '结果' })}</h2>`,
    table(comparison, comparison.results),
    `<p><small>${both({
      en: 'Choose by validation. Test accuracy was read once, after training, and is here to report.',
      zh: '请依据验证集作选择。测试准确率仅在训练结束后读取一次，只用于报告。',
    })}</small></p>`,
    `<h2>${both({ en: 'Settings that differ', zh: '不同的设置' })}</h2>`,
    comparison.differences.length > 0
      ? table(comparison, comparison.differences)
      : `<p>${both({ en: 'None: these runs have the same config.', zh: '没有：这些训练的配置相同。' })}</p>`,
  ].join('\n');
  return page({ title: { en: 'Runs side by side', zh: '训练并列比较' }, body });
}

function table({ runs }: Comparison, rows: readonly Row[]): string {
  const head = ['<td></td>', ...runs.map((run) => `<th scope="col">${escapeHtml(run)}</th>`)];
  const lines = rows.map(({ property, values }) => {
    const cells = values.map((value) => `<td>${both(value)}</td>`);
    return `<tr><th scope="row">${both(property)}</th>${cells.join('')}</tr>`;
  });
  return `<div style="overflow-x:auto"><table><thead><tr>${head.join('')}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}
