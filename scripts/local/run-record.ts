import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { domains } from './engine.ts';
import {
  createRecord,
  parseRecord,
  readRecordText,
  removeDeadRecord,
  type Removal,
} from './exclusive-record.ts';
import type { LocalPaths } from './paths.ts';
import { stopProcessGroup } from './process-group.ts';
import { isSameProcess, ownProcess, processSchema } from './process-identity.ts';
import { writeJsonAtomically } from './stack-file.ts';
import { StartError } from './start-error.ts';

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
  const text = await readRecordText(paths.runFile);
  return text === undefined ? undefined : ifLive(text);
}

/**
 * Claims the stack for this process; of any number of processes at the same time one succeeds.
 * Whatever a run that died without cleaning up left behind is ended and removed first. Throws when
 * another run holds it.
 */
export async function claimRun(paths: LocalPaths, detached: boolean): Promise<RunRecord> {
  const record = { supervisor: await ownProcess(), detached, leftOut: [], engines: [] };
  await mkdir(dirname(paths.runFile), { recursive: true });
  while (!(await createRecord(paths.runFile, record))) {
    if ((await endDeadRun(paths)) === 'in-other-hands') {
      throw new StartError(
        'Another npm start of this clone is under way.',
        'Wait for it, or end it: npm stop',
      );
    }
  }
  await removeTraces(paths);
  return record;
}

/** For the process that claimed the run. */
export async function updateRun(paths: LocalPaths, record: RunRecord): Promise<void> {
  await writeJsonAtomically(paths.runFile, record);
}

/**
 * Forgets the run of this process and what only a running stack has; data and keys stay. A run of
 * another process is left alone.
 */
export async function releaseRun(paths: LocalPaths): Promise<void> {
  const own = await ownProcess();
  const supervisor = (await readLiveRun(paths))?.supervisor;
  if (supervisor?.pid !== own.pid || supervisor.identity !== own.identity) return;
  await removeTraces(paths);
  await rm(paths.runFile);
}

/** Ends the engines of a run whose supervisor is gone. Says whether there was one. */
export async function removeDeadRun(paths: LocalPaths): Promise<boolean> {
  return (await endDeadRun(paths)) === 'removed';
}

async function endDeadRun(paths: LocalPaths): Promise<Removal> {
  const text = await readRecordText(paths.runFile);
  if (text === undefined) return 'gone';
  if ((await ifLive(text)) !== undefined) return 'in-other-hands';
  return removeDeadRecord(paths.runFile, text, async () => {
    const { engines = [] } = parseRecord(runRecordSchema, text) ?? {};
    for (const { pid, identity } of engines) await stopProcessGroup(pid, identity);
    await removeTraces(paths);
  });
}

async function removeTraces(paths: LocalPaths): Promise<void> {
  await rm(paths.stackFile, { force: true });
  await rm(paths.temporaryDirectory, { recursive: true, force: true, maxRetries: 5 });
}

/** A record that cannot be read holds nothing that could be ended, so it counts as dead. */
async function ifLive(text: string): Promise<RunRecord | undefined> {
  const record = parseRecord(runRecordSchema, text);
  if (record === undefined) return undefined;
  const { pid, identity } = record.supervisor;
  return (await isSameProcess(pid, identity)) ? record : undefined;
}
