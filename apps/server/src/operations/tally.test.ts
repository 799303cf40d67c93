import fc from 'fast-check';
import { AggregatorRegistry, Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { tallyCounter, tallyHistogram } from './tally.ts';

const BOUNDS = [0.1, 1, 10];
const options = { name: 'it', help: 'What it is.', labelNames: ['who'] } as const;

/** Lines in any order: labels may stand in another one. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`))
    .sort();
}

const observations = fc.array(
  fc.tuple(
    fc.constantFrom('a', 'b'),
    fc.oneof(fc.constantFrom(0, ...BOUNDS), fc.double({ min: 0, max: 20, noNaN: true })),
  ),
);

test('says to Prometheus what the histogram of prom-client says', async () => {
  await fc.assert(
    fc.asyncProperty(observations, async (all) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const of = tallyHistogram({ ...options, registry: ours }, BOUNDS);
      const takers = { a: of({ who: 'a' }), b: of({ who: 'b' }) };
      const histogram = new Histogram({ ...options, buckets: BOUNDS, registers: [theirs] });
      for (const who of ['a', 'b']) histogram.zero({ who });
      for (const [who, value] of all) {
        takers[who](value);
        histogram.observe({ who }, value);
      }
      expect(lines(await ours.metrics())).toEqual(lines(await theirs.metrics()));
    }),
    { numRuns: 50 },
  );
});

test('says to Prometheus what the counter of prom-client says, and counts on', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const count = tallyCounter({ ...options, registry: ours })({ who: 'a' });
  const counter = new Counter({ ...options, registers: [theirs] });
  for (const more of [1, 5, 0, 2]) {
    count(more);
    counter.inc({ who: 'a' }, more);
    expect(await ours.metrics()).toBe(await theirs.metrics());
  }
});

test('those of several processes are added', async () => {
  const registries = [0.05, 5].map((value) => {
    const registry = new Registry();
    tallyHistogram({ ...options, registry }, BOUNDS)({ who: 'a' })(value);
    return registry;
  });
  const all = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
  const text = await AggregatorRegistry.aggregate(all as unknown as Registry[]).metrics();
  expect(text).toContain('it_count{who="a"} 2');
  expect(text).toContain('it_bucket{le="1",who="a"} 1');
  expect(text).toContain('it_sum{who="a"} 5.05');
});
