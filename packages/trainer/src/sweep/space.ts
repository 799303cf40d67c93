import type { Random } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import { filledIn, settings, type TrainConfig } from '../config.ts';
import { findArchitecture } from '../models/index.ts';

type Setting = Exclude<keyof typeof settings, 'fromSha256' | 'teacherSha256'>;
type Value = string | number;

const value = v.union([v.string(), v.pipe(v.number(), v.finite())]);
const range = v.strictTuple([v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite())]);

const distributionSchema = v.union([
  /** One of these, each equally likely. */
  v.strictObject({ choice: v.pipe(v.array(value), v.minLength(1)) }),
  /** Any number from the first to the second; a whole one for a setting that is whole. */
  v.strictObject({ uniform: range }),
  /** A number whose logarithm is uniform: for what matters by its order of magnitude. */
  v.strictObject({ 'log-uniform': range }),
]);

type Distribution = v.InferOutput<typeof distributionSchema>;

/** What a sweep searches: some settings fixed, others drawn. */
export interface Space {
  readonly fixed: Readonly<Partial<TrainConfig>>;
  readonly drawn: readonly (readonly [Setting, Distribution])[];
}

/** Runs that differ in one of these cannot be told apart by how well they validate, or would be drawn for luck. */
const FIXED: Partial<Record<Setting, string>> = {
  dataset: 'accuracies on two datasets cannot be compared',
  epochs: 'it is what the last rung trains for',
  seed: 'the best of many seeds is luck',
  perClass: 'more images are always better',
};

const names = Object.keys(settings).filter((name) => !filledIn.includes(name)) as Setting[];

const FORMS = 'a plain value, {"choice": [a, b, …]}, {"uniform": [low, high]} or {"log-uniform": [low, high]}';

/**
 * Reads a space: settings of a run, as in its config.json, each a plain value or a distribution.
 * @param from the file, for messages
 * @throws {Problem} naming the setting, its value and what is allowed
 */
export function parseSpace(json: unknown, from: string): Space {
  const refuse = (what: string): never => {
    throw new Problem(`--space ${from}: ${what}`);
  };
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse(`${show(json)} is no JSON object. Expected settings, each ${FORMS}.`);
  }
  const fixed: Record<string, Value> = {};
  const drawn: (readonly [Setting, Distribution])[] = [];
  for (const [key, given] of Object.entries(json as Record<string, unknown>)) {
    const name = names.find((candidate) => candidate === key);
    if (name === undefined) return refuse(`"${key}" is no setting. The settings are: ${names.join(', ')}.`);
    if (v.is(value, given)) {
      checkValue(name, given, refuse);
      fixed[name] = given;
      continue;
    }
    const distribution = v.safeParse(distributionSchema, given);
    if (!distribution.success) return refuse(`${name}: ${show(given)} is not allowed. Expected ${FORMS}.`);
    const reason = FIXED[name];
    if (reason !== undefined) return refuse(`${name}: ${show(given)} is not allowed. Expected one value: ${reason}.`);
    checkDistribution(name, distribution.output, refuse);
    drawn.push([name, distribution.output]);
  }
  if (drawn.length === 0) {
    return refuse(
      `nothing is drawn. Give at least one setting as a distribution: ${FORMS.replace('a plain value, ', '')}.`,
    );
  }
  return { fixed, drawn };
}

type Refuse = (what: string) => never;

function checkValue(name: Setting, given: Value, refuse: Refuse): void {
  const result = v.safeParse(settings[name], given);
  if (!result.success) refuse(`${name}: ${show(given)} is not allowed. ${result.issues[0].message}.`);
  if (name === 'model') {
    try {
      findArchitecture(String(given));
    } catch (error) {
      refuse(`model: ${show(given)} is not allowed. ${(error as Error).message}`);
    }
  }
}

function checkDistribution(name: Setting, distribution: Distribution, refuse: Refuse): void {
  if ('choice' in distribution) {
    for (const choice of distribution.choice) checkValue(name, choice, refuse);
    return;
  }
  const [low, high] = bounds(distribution);
  for (const bound of [low, high]) checkValue(name, bound, refuse);
  if (!(low < high)) refuse(`${name}: ${show(distribution)} is not allowed. Expected the lower bound first.`);
  if ('log-uniform' in distribution && !(low > 0)) {
    refuse(`${name}: ${show(distribution)} is not allowed. Expected bounds above 0: 0 has no logarithm.`);
  }
}

function bounds(distribution: Exclude<Distribution, { choice: unknown }>): readonly [number, number] {
  return 'uniform' in distribution ? distribution.uniform : distribution['log-uniform'];
}

/** Draws the settings of a trial; each from one random number, in the order of the space. */
export function draw(space: Space, random: Random): Partial<TrainConfig> {
  const drawn = space.drawn.map(([name, distribution]) => [name, drawOne(name, distribution, random)]);
  return { ...space.fixed, ...Object.fromEntries(drawn) };
}

function drawOne(name: Setting, distribution: Distribution, random: Random): Value {
  if ('choice' in distribution) return distribution.choice[random.whole(distribution.choice.length)]!;
  const [low, high] = bounds(distribution);
  const share = random.next();
  // To the upper end of the last whole number, so that each is as likely as the others.
  const end = isWhole(name, low, high) ? high + 1 : high;
  const drawn = 'uniform' in distribution ? low + share * (end - low) : low * (end / low) ** share;
  if (isWhole(name, low, high)) return Math.min(high, Math.floor(drawn));
  // Three digits, so that a person can read and repeat it; rounding must not leave the range.
  return Math.min(high, Math.max(low, Number(drawn.toPrecision(3))));
}

/** A setting that may be both bounds, and not what is half a step above the lower one, is whole. */
function isWhole(name: Setting, low: number, high: number): boolean {
  return Number.isInteger(low) && Number.isInteger(high) && !v.is(settings[name], low + 0.5);
}

function show(given: unknown): string {
  return JSON.stringify(given);
}
