import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Tells the worker of the engine that `web:trim` started; none while the page is developed, where the model changes under
 * the hand.
 * @param model where the build puts the model's folder, from where it puts the worker
 */
export function startedEnginePlugin(model: string): Plugin {
  const file = resolve(import.meta.dirname, 'trim/dist/engine.json');
  return {
    name: 'mnist-edge:started-engine',
    config: (_, { command }) => {
      const built = () => ({ model, engine: JSON.parse(readFileSync(file, 'utf8')) });
      return { define: { BUILT: JSON.stringify(command === 'build' ? built() : null) } };
    },
  };
}
