import { Problem } from '@mnist-edge/recognizer';
import { Command, CommanderError } from 'commander';

/**
 * A command line with this project's manners: unknown options and surplus arguments are refused with the nearest
 * valid one named, and the help follows the message.
 */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .configureHelp({ showGlobalOptions: true });
}

/**
 * Runs a command line to its end: the one place where errors are caught and the exit code is set.
 * A Problem prints its message; anything else is a defect and prints its stack.
 */
export async function run(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  try {
    await program.parseAsync(bareUnknowns(program, argv));
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
    } else if (error instanceof Problem) {
      console.error(`\n${program.name()}: ${error.message}`);
      process.exitCode = 1;
    } else {
      console.error(`\n${program.name()}: this is a defect, please report it with the lines below.\n`, error);
      process.exitCode = 70; // EX_SOFTWARE of sysexits.h
    }
  }
}

/**
 * Cuts the value off an unknown `--option=value`, which is how Nx passes every option: with it, commander finds no
 * valid option near enough to suggest.
 */
function bareUnknowns(program: Command, argv: readonly string[]): string[] {
  const known = new Set([program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long)));
  const end = argv.indexOf('--');
  return argv.map((argument, index) => {
    const [, name] = /^(--[^=]+)=/.exec(argument) ?? [];
    return name === undefined || known.has(name) || (end >= 0 && index > end) ? argument : name;
  });
}
