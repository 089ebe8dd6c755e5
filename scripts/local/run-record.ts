import { readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { domains } from './engine.ts';
import type { LocalPaths } from './paths.ts';
import { stopProcessGroup } from './process-group.ts';
import { isSameProcess, processIdentity } from './process-identity.ts';
import { writeJsonAtomically } from './stack-file.ts';
import { StartError } from './start-error.ts';

const processSchema = z.object({ pid: z.number().int().positive(), identity: z.string() });

const runRecordSchema = z.object({
  /** The process that holds the stack and ends it on SIGTERM. */
  supervisor: processSchema,
  detached: z.boolean(),
  /** Domains that this run goes without. */
  leftOut: z.array(z.enum(domains)),
  engines: z.array(processSchema.extend({ name: z.string() })),
});

export type RunRecord = z.infer<typeof runRecordSchema>;

/** The recorded run whose supervisor lives; undefined when none does. */
export async function readLiveRun(paths: LocalPaths): Promise<RunRecord | undefined> {
  const record = await readRecord(paths);
  if (record === undefined) return undefined;
  const { pid, identity } = record.supervisor;
  return (await isSameProcess(pid, identity)) ? record : undefined;
}

/**
 * Claims the stack for this process. Whatever a run that died without cleaning up left behind is
 * ended and removed first. Throws when another run holds it.
 */
export async function claimRun(paths: LocalPaths, detached: boolean): Promise<RunRecord> {
  await removeDeadRun(paths);
  const identity = await processIdentity(process.pid);
  if (identity === undefined) throw new Error('this process cannot tell its own start time');
  const record = { supervisor: { pid: process.pid, identity }, detached, leftOut: [], engines: [] };
  await mkdir(dirname(paths.runFile), { recursive: true });
  try {
    await writeFile(paths.runFile, JSON.stringify(record), { flag: 'wx' });
  } catch (error) {
    throw new StartError(
      'Another npm start of this clone is under way.',
      'Wait for it, or end it: npm stop',
      { cause: error },
    );
  }
  return record;
}

export async function updateRun(paths: LocalPaths, record: RunRecord): Promise<void> {
  await writeJsonAtomically(paths.runFile, record);
}

/** Forgets the run and what only a running stack has; data and keys stay. */
export async function releaseRun(paths: LocalPaths): Promise<void> {
  await rm(paths.stackFile, { force: true });
  await rm(paths.temporaryDirectory, { recursive: true, force: true, maxRetries: 5 });
  await rm(paths.runFile, { force: true });
}

/** Ends the engines of a run whose supervisor is gone. Says whether there was one. */
export async function removeDeadRun(paths: LocalPaths): Promise<boolean> {
  if ((await readLiveRun(paths)) !== undefined) return false;
  const record = await readRecord(paths);
  for (const { pid, identity } of record?.engines ?? []) await stopProcessGroup(pid, identity);
  await releaseRun(paths);
  return record !== undefined;
}

/** A record that cannot be read holds nothing that could be ended, so it counts as none. */
async function readRecord(paths: LocalPaths): Promise<RunRecord | undefined> {
  const text = await readFile(paths.runFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return runRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
