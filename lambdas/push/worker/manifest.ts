import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { PermanentError } from '../../shared/errors.ts';
import { outboxFolder } from '../export/outbox.ts';
import type { Outbox } from '../export/outbox.ts';
import type { Run } from '../runs/run.ts';

const manifest = z.strictObject({
  items: z.int().min(0),
  files: z.array(z.strictObject({ path: z.string(), key: z.string(), size: z.int().min(0) })),
  /** What went wrong with other files. */
  problems: z.array(z.string()),
});

/** What a mass run has exported, for those that send it. */
export type Manifest = z.output<typeof manifest>;

/** Beside the folder of the run's files, so that no file of a rule's can have that key. */
function keyOf(rule: string, run: string): string {
  return `${outboxFolder(rule, run).replace(/\/$/, '')}.manifest.json`;
}

export async function writeManifest(
  outbox: Pick<Outbox, 'put'>,
  { ulid }: Run,
  rule: string,
  written: Manifest,
): Promise<void> {
  await outbox.put(keyOf(rule, ulid), Buffer.from(JSON.stringify(written)));
}

/** @returns nothing when the run has none yet */
export async function readManifest(
  outbox: Pick<Outbox, 'open'>,
  { ulid }: Run,
  rule: string,
): Promise<Manifest | undefined> {
  try {
    return manifest.parse(JSON.parse(await text(await outbox.open(keyOf(rule, ulid)))));
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}
