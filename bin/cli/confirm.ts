import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Asks before something that cannot be undone and takes only the exact answer `yes`. Without a
 * terminal nobody can answer: it refuses. Nothing must have been sent before.
 */
export async function confirm(
  { stdin, stderr, interrupted }: Pick<Surroundings, 'stdin' | 'stderr' | 'interrupted'>,
  consequence: string,
): Promise<void> {
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw usageFailure(`${consequence}\nWithout a terminal to ask on, this needs --yes.`);
  }
  stderr.write(`${consequence}\nType yes to go on: `);
  const answer = await firstLine(stdin, interrupted);
  if (answer !== 'yes') throw new Failure(exitCodes.workFailed, 'Not confirmed, nothing done.');
}

/** What is typed up to the line's end; undefined at Ctrl-D and when interrupted. */
function firstLine(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input, signal });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
  });
}
