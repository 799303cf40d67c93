import { Problem } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { doctorTable, examine, type Finding, isHealthy } from './doctor.ts';

const fail = (error: unknown) => () => {
  throw error;
};

test('what a look throws is its finding', () => {
  const findings = examine([
    { name: 'Node', required: true, find: () => '20.20.2' },
    { name: 'make', required: true, find: fail(new Problem('make cannot be run.\nInstall it.')) },
    { name: 'Chromium', required: false, find: fail('odd') },
  ]);
  expect(findings).toEqual([
    { name: 'Node', state: 'ok', text: '20.20.2' },
    { name: 'make', state: 'missing', text: 'make cannot be run. Install it.' },
    { name: 'Chromium', state: 'optional', text: 'odd' },
  ]);
});

const findings: Finding[] = [
  { name: 'Node', state: 'ok', text: '20.20.2' },
  { name: 'TensorFlow linked', state: 'missing', text: 'not built. Set it up with: npx nx run tools:setup' },
  { name: 'Chromium', state: 'optional', text: 'not found. apt install chromium' },
  { name: 'MNIST', state: 'missing', text: 'not prepared.' },
];

test('the table has a line for each, and the verdict names what training lacks', () => {
  expect(doctorTable(findings)).toBe(
    [
      'Node               ok        20.20.2',
      'TensorFlow linked  missing   not built. Set it up with: npx nx run tools:setup',
      'Chromium           optional  not found. apt install chromium',
      'MNIST              missing   not prepared.',
      '',
      'Training needs what is missing: TensorFlow linked, MNIST.',
    ].join('\n'),
  );
});

test('only what training needs makes it unhealthy', () => {
  const optional = findings.filter(({ state }) => state !== 'missing');
  expect([isHealthy(findings), isHealthy(optional)]).toEqual([false, true]);
  expect(doctorTable(optional).split('\n').at(-1)).toBe('Everything that training and export need is here.');
});
