import { Refusal } from '../http/refusal.ts';
import type { Model } from './model.ts';

/** The models that serve now; another may stand in the same place at the next call. */
export interface Models {
  /** By name, the highest version of each first. */
  list(): readonly Model[];
  /**
   * @param version the highest one when left out
   * @throws {Refusal} 404 naming what there is
   */
  find(name: string, version?: string): Model;
  /** The model of the web page and of `/api/recognize`. @throws {Refusal} 503 when there is none yet */
  main(): Model;
}

/** @param current the models now, `inOrder` */
export function modelsOf(current: () => readonly Model[], mainName?: string): Models {
  return {
    list: current,
    find: (name, version) => {
      const found = current().find(
        ({ bundle }) => bundle.name === name && (version === undefined || bundle.version === version),
      );
      if (found !== undefined) return found;
      const named = current().filter(({ bundle }) => bundle.name === name);
      throw new Refusal(
        404,
        named.length === 0
          ? `There is no model ${JSON.stringify(name)}; this server has ${listed(current(), 'name')}.`
          : `There is no version ${JSON.stringify(version)} of ${name}; this server has ${listed(named, 'version')}.`,
      );
    },
    main: () => {
      const all = current();
      const model = all.find(({ bundle }) => bundle.name === mainName) ?? all[0];
      if (model === undefined) throw new Refusal(503, 'No model is loaded.', { 'Retry-After': '1' });
      return model;
    },
  };
}

/** By name, then the highest version first. */
export function inOrder(models: readonly Model[]): readonly Model[] {
  return models.toSorted((a, b) =>
    a.bundle.name < b.bundle.name ? -1 : a.bundle.name > b.bundle.name ? 1 : compareVersions(b, a),
  );
}

function compareVersions(a: Model, b: Model): number {
  const [left, right] = [a, b].map(({ bundle }) => bundle.version.split('.').map(Number));
  for (const [index, number] of left!.entries()) {
    if (number !== right![index]) return number - right![index]!;
  }
  return 0;
}

function listed(models: readonly Model[], field: 'name' | 'version'): string {
  const values = [...new Set(models.map(({ bundle }) => JSON.stringify(bundle[field])))];
  return values.length === 0 ? 'none' : values.join(', ');
}
