import { afterEach, expect, test, vi } from 'vitest';
import { startProgress } from './progress.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What is printed to standard error while this runs, where that is no terminal. */
function printedBy(work: () => void): string {
  let printed = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  work();
  return printed;
}

test('where there is no terminal, the last line says what was done and how it ended', () => {
  const printed = printedBy(() => {
    const progress = startProgress('fetch images', 200);
    progress.update(50, 'a quarter');
    progress.update(200, '9.7 MB');
    progress.stop();
  });
  expect(printed.trim().split('\n').at(-1)).toMatch(/^fetch images █{24} 100% · 9\.7 MB$/);
});

test('where there is no terminal, a line comes every few seconds', () => {
  vi.useFakeTimers();
  const printed = printedBy(() => {
    const progress = startProgress('train', 100);
    for (let done = 1; done <= 20; done++) {
      progress.update(done, `step ${done}`);
      vi.advanceTimersByTime(1000);
    }
    progress.stop();
  });
  const lines = printed
    .trim()
    .split('\n')
    .filter((line) => line.includes('%'));
  expect(lines.length).toBeGreaterThanOrEqual(4);
  expect(lines.length).toBeLessThanOrEqual(7);
});

test('more than all is all', () => {
  const printed = printedBy(() => {
    const progress = startProgress('fetch', 10);
    progress.update(15);
    progress.stop();
  });
  expect(printed).toContain('100%');
  expect(printed).not.toContain('150%');
});

test('nothing to do is no nonsense', () => {
  const printed = printedBy(() => {
    const progress = startProgress('fetch', 0);
    progress.update(0);
    progress.stop();
  });
  expect(printed).not.toMatch(/NaN|Infinity|undefined/);
});
