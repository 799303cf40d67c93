import { Problem } from '@mnist-edge/recognizer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whole } from './options.ts';
import { command, run } from './run.ts';

let printed: string;

beforeEach(() => {
  printed = '';
  const print = (text: unknown) => {
    printed += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(print);
  vi.spyOn(process.stderr, 'write').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation((...parts) => {
    printed += `${parts.map((part) => (part instanceof Error ? part.stack : part)).join(' ')}\n`;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A command line that hands its options to `action`. */
function program(action: (options: Record<string, unknown>) => void | Promise<void> = () => {}) {
  return command('tool', 'Does things.')
    .option('--mirror <folder>', 'where from')
    .option('--seed <number>', 'what to draw', whole(0))
    .option('--verbose', 'tell more')
    .action(action);
}

test('a command line that works sets no exit code and prints nothing', async () => {
  const action = vi.fn();
  await run(program(action), ['node', 'main.ts', '--mirror', 'x', '--seed=5']);
  expect(action.mock.calls[0]![0]).toEqual({ mirror: 'x', seed: 5 });
  expect(process.exitCode).toBeUndefined();
  expect(printed).toBe('');
});

test('an action is awaited', async () => {
  let done = false;
  await run(
    program(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      done = true;
    }),
    ['node', 'main.ts'],
  );
  expect(done).toBe(true);
});

test('a Problem prints its message, without a stack, and ends with 1', async () => {
  const action = () => Promise.reject(new Problem('The file is empty. Fetch it again.'));
  await run(program(action), ['node', 'main.ts']);
  expect(printed).toBe('\ntool: The file is empty. Fetch it again.\n');
  expect(process.exitCode).toBe(1);
});

test('any other error is a defect: it prints its stack and ends with 70', async () => {
  const action = () => {
    throw new TypeError('x is not a function');
  };
  await run(program(action), ['node', 'main.ts']);
  expect(printed).toContain('tool: this is a defect, please report it with the lines below.');
  expect(printed).toContain('TypeError: x is not a function\n    at ');
  expect(process.exitCode).toBe(70);
});

test.each([
  ['--help', 'Usage: tool [options]'],
  ['-h', 'where from'],
])('%s prints the help and ends well', async (flag, text) => {
  await run(program(), ['node', 'main.ts', flag]);
  expect(printed).toContain(text);
  expect(process.exitCode).toBe(0);
});

test.each([
  [['--miror', 'x'], "error: unknown option '--miror'\n(Did you mean --mirror?)"],
  [['--miror=x'], "error: unknown option '--miror'\n(Did you mean --mirror?)"],
  [['--seed=5', '--mirorr=a=b'], "error: unknown option '--mirorr'\n(Did you mean --mirror?)"],
  [['--zzz=1'], "error: unknown option '--zzz'"],
  [['extra'], 'error: too many arguments. Expected 0 arguments but got 1'],
  [['--', '--mirorr=x'], 'error: too many arguments'],
  [['--mirror'], "error: option '--mirror <folder>' argument missing"],
  [['--seed=1.5'], "error: option '--seed <number>' argument '1.5' is invalid. Expected a whole number from 0."],
])('%j is refused with %j, and where the help is', async (args, message) => {
  const action = vi.fn();
  await run(program(action), ['node', 'main.ts', ...args]);
  expect(printed).toContain(message);
  expect(printed).toContain('(--help lists the options)');
  expect(process.exitCode).toBe(1);
  expect(action).not.toHaveBeenCalled();
});

test('a value with an equals sign in it arrives whole', async () => {
  const action = vi.fn();
  await run(program(action), ['node', 'main.ts', '--mirror=http://host/?a=b']);
  expect(action.mock.calls[0]![0]).toEqual({ mirror: 'http://host/?a=b' });
});

test('a sub-command has the same manners', async () => {
  const tool = command('tool', 'Does things.');
  tool.command('check').option('--deep').option('--model <file>').action(vi.fn());
  await run(tool, ['node', 'main.ts', 'check', '--modle=x']);
  expect(printed).toContain("error: unknown option '--modle'\n(Did you mean --model?)");
  expect(process.exitCode).toBe(1);
});
