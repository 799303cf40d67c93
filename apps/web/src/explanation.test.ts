import type { ReactiveControllerHost } from 'lit';
import { expect, test } from 'vitest';
import type { Reading } from './api.ts';
import { Explanation } from './explanation.ts';
import type { Heat } from './paint.ts';
import type { Evidence } from './worker/reader.ts';
import type { OpenReader } from './worker/shared-reader.ts';

const occlusion = Float32Array.of(1);
const classActivation = Float32Array.of(2);
const image = new Uint8Array(784).fill(255);
const digit = { label: '3', index: 3, probabilities: [], rejection: null, image } as const;
const reading: Reading = {
  label: '3',
  rejection: null,
  tooMany: null,
  digits: [{ ...digit, box: { left: 0, top: 0, width: 1, height: 1 } }],
};

/** An explanation by a model that gives this evidence, and the maps that colour the ink. */
function explanationBy(evidence: Evidence) {
  const shown: (readonly Float32Array[])[] = [];
  const reader = { explain: async () => evidence } as unknown as OpenReader['reader'];
  const host = { requestUpdate: () => {} } as ReactiveControllerHost;
  const explanation = new Explanation(host, {
    reader: () => reader,
    shown: () => null,
    showHeat: (heat: readonly Heat[]) => shown.push(heat.map(({ map }) => map)),
  });
  return { explanation, shown };
}

test('each way of finding the colours has its own, and the one chosen holds for the next drawing', async () => {
  const { explanation, shown } = explanationBy({ occlusion, classActivation });
  await explanation.colour(reading, true);
  expect([explanation.method, explanation.methods]).toEqual(['occlusion', ['occlusion', 'classActivation']]);
  explanation.method = 'classActivation';
  explanation.end();
  expect(explanation.coloured).toBe(false);
  await explanation.colour(reading, true);
  expect(explanation.method).toBe('classActivation');
  expect(shown).toEqual([[occlusion], [classActivation], [], [classActivation]]);
});

test('a model without a class-activation map leaves no choice, whatever was chosen with another', async () => {
  const { explanation, shown } = explanationBy({ occlusion, classActivation: null });
  explanation.method = 'classActivation';
  await explanation.colour(reading, true);
  expect([explanation.method, explanation.methods]).toEqual(['occlusion', ['occlusion']]);
  expect(shown.at(-1)).toEqual([occlusion]);
});
