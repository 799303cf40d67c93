import { Counter, type CounterConfiguration, type Metric, type Registry } from 'prom-client';

type Labels<T extends string> = Readonly<Record<T, string>>;

/**
 * prom-client checks and hashes the labels of everything that it is told, which takes longer than all else that is done
 * for a plain request. These are told their labels once, and add; prom-client hears of it when it is asked.
 */
export interface TallyOptions<T extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly T[];
  readonly registry: Registry;
}

/** @returns for each set of labels a function that counts so many more */
export function tallyCounter<T extends string>({ name, help, labelNames, registry }: TallyOptions<T>) {
  const tallies: { readonly labels: Labels<T>; pending: number }[] = [];
  const configuration: CounterConfiguration<T> = {
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      for (const tally of tallies) {
        this.inc(tally.labels, tally.pending);
        tally.pending = 0;
      }
    },
  };
  new Counter(configuration);
  return (labels: Labels<T>): ((more?: number) => void) => {
    const tally = { labels, pending: 0 };
    tallies.push(tally);
    return (more = 1) => {
      tally.pending += more;
    };
  };
}

/**
 * @param bounds of the buckets, rising
 * @returns for each set of labels a function that takes a value
 */
export function tallyHistogram<T extends string>(
  { name, help, registry }: TallyOptions<T>,
  bounds: readonly number[],
): (labels: Labels<T>) => (value: number) => void {
  interface Tally {
    readonly labels: Labels<T>;
    /** Of each bucket by itself, and of what is above them all. */
    readonly counts: Float64Array;
    sum: number;
  }
  const tallies: Tally[] = [];
  const metric = { name, help, type: 'histogram', aggregator: 'sum' };
  const get = async () => ({ ...metric, values: tallies.flatMap(valuesOf) });
  // What a registry asks of a metric; its type names prom-client's own classes alone.
  registry.registerMetric({ ...metric, get } as unknown as Metric);

  function valuesOf({ labels, counts, sum }: Tally) {
    let below = 0;
    const buckets = [...bounds, '+Inf'].map((le, index) => {
      below += counts[index]!;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: below },
    ];
  }

  return (labels) => {
    const tally: Tally = { labels, counts: new Float64Array(bounds.length + 1), sum: 0 };
    tallies.push(tally);
    return (value) => {
      let bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
      tally.counts[bucket]!++;
      tally.sum += value;
    };
  };
}
