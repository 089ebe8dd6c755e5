import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { PermanentError } from '../../shared/errors.ts';
import { outboxFolder } from '../export/outbox.ts';
import type { Outbox } from '../export/outbox.ts';

const partSent = z.strictObject({ there: z.array(z.string()) });

/** Whose sending was not done in the time of one worker. */
interface Whose {
  rule: string;
  run: string;
  target: string;
}

function keyOf({ rule, run, target }: Whose): string {
  return `${outboxFolder(rule, run).replace(/\/$/, '')}.${target}.json`;
}

/** Keeps which files of a mass run are on a target, for the worker that goes on. */
export async function writePartSent(
  outbox: Pick<Outbox, 'put'>,
  whose: Whose,
  there: readonly string[],
): Promise<void> {
  await outbox.put(keyOf(whose), Buffer.from(JSON.stringify({ there })));
}

/** Paths of files that earlier workers have sent. */
export async function readPartSent(
  outbox: Pick<Outbox, 'open'>,
  whose: Whose,
): Promise<ReadonlySet<string>> {
  try {
    const { there } = partSent.parse(JSON.parse(await text(await outbox.open(keyOf(whose)))));
    return new Set(there);
  } catch (error) {
    if (error instanceof PermanentError) return new Set();
    throw error;
  }
}
