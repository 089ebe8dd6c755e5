import { createHash } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import type * as z from 'zod';
import { isSameProcess, ownProcess, processSchema } from './process-identity.ts';

/** Creates the file, whole from the first moment; false when there is one already. */
export async function createRecord(file: string, record: unknown): Promise<boolean> {
  const draft = `${file}.${String(process.pid)}.draft`;
  await writeFile(draft, JSON.stringify(record));
  try {
    // Exclusive as the flag `wx` is, but nobody can read a half-written record and take it for dead.
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The text of a record, or undefined when there is none. */
export async function readRecordText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export type Removal = 'removed' | 'gone' | 'in-other-hands';

/**
 * Removes a record whose holder was found dead, and never the one that another process may have put
 * in its place since. Of any number of processes at the same time one gets the turn to do so; when
 * it dies over it, the turn is taken over in the same way.
 * @param text of the record that was found dead
 * @param cleanUp done first, while the record still keeps others from claiming
 */
export async function removeDeadRecord(
  file: string,
  text: string,
  cleanUp: () => Promise<void> = () => Promise.resolve(),
): Promise<Removal> {
  const turn = turnFile(file, text);
  const own = await ownProcess();
  while (!(await createRecord(turn, own))) {
    const other = await readRecordText(turn);
    if (other === undefined) continue;
    const holder = parseRecord(processSchema, other);
    if (holder !== undefined && (await isSameProcess(holder.pid, holder.identity))) {
      return 'in-other-hands';
    }
    if ((await removeDeadRecord(turn, other)) === 'in-other-hands') return 'in-other-hands';
  }
  try {
    // From here on this text stays: its holder is dead, and only who has the turn removes it.
    if ((await readRecordText(file)) !== text) return 'gone';
    await cleanUp();
    await rm(file);
    return 'removed';
  } finally {
    await rm(turn);
  }
}

/** Who may remove this very record. A later record has another text, hence another turn. */
export function turnFile(file: string, text: string): string {
  return `${file}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** Undefined for what cannot be read as such a record. */
export function parseRecord<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.infer<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
