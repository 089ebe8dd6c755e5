import { CommanderError } from 'commander';
import { exitCodes, Failure } from './failure.ts';
import { createProgram } from './program.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs one command line (without `node` and the script) and answers its exit code; never throws. */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  try {
    await createProgram(surroundings).parseAsync(words, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return exitCodeOf(error, surroundings);
  }
}

function exitCodeOf(error: unknown, { interrupted, stderr }: Surroundings): number {
  if (interrupted.aborted) {
    stderr.write('Interrupted.\n');
    return typeof interrupted.reason === 'number' ? interrupted.reason : exitCodes.workFailed;
  }
  // Commander has already printed the help or the mistake.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (error instanceof Failure) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  stderr.write(`This is a mistake in sequitur itself:\n${trace(error)}\n`);
  return exitCodes.workFailed;
}

function trace(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
