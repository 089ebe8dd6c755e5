import { createInterface } from 'node:readline/promises';
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
  const dialogue = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    const answer = await Promise.race([
      dialogue.question(`${consequence}\nType yes to go on: `, { signal: interrupted }),
      endOf(dialogue),
    ]);
    if (answer !== 'yes') throw new Failure(exitCodes.workFailed, 'Not confirmed, nothing done.');
  } finally {
    dialogue.close();
  }
}

/** Ctrl-D answers nothing, and `question` alone would wait for ever. */
function endOf(dialogue: ReturnType<typeof createInterface>): Promise<undefined> {
  return new Promise((resolve) => void dialogue.once('close', () => resolve(undefined)));
}
