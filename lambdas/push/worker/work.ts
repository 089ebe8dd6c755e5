import type { WorkJob } from '../contract.ts';
import type { Run } from '../runs/run.ts';
import { isDeepStrictEqual } from 'node:util';
import { drain } from './drain.ts';
import { LaneLostError } from './lane-keeper.ts';
import { massExport } from './mass-export.ts';
import { massSend } from './mass-send.ts';
import { busyDelaySeconds } from './times.ts';
import type { WorkParts } from './work-parts.ts';

/**
 * Does a job of a run. A job that has ended, or whose run has, is nothing; so a job may come any number
 * of times. A worker that fails or dies leaves its rows and its job to the minute's recovery.
 *
 * @throws TransientError and whatever is nobody's fault: the message is received again
 */
export async function work(parts: WorkParts, job: WorkJob): Promise<void> {
  const run = await parts.runs.get(job.run);
  if (run?.state !== 'running' || !run.jobs.some((one) => isDeepStrictEqual(one, job))) return;
  // A worker that dies soon is to have been seen: after the job was sent, be it in the same millisecond.
  await parts.runs.alive(run.ulid, parts.now() + 1);
  try {
    await begin(parts, job, run);
  } catch (error) {
    if (!(error instanceof LaneLostError)) throw error;
    // Somebody else may be at work in the lane; the job has not ended.
    parts.log.warn('lane lost', { run: job.run, error });
    await parts.jobs.send([job], busyDelaySeconds);
  }
}

async function begin(parts: WorkParts, job: WorkJob, run: Run): Promise<void> {
  switch (job.kind) {
    case 'drain':
      return drain(parts, job, run);
    case 'export':
      return massExport(parts, job, run);
    case 'send':
      return massSend(parts, job, run);
  }
}
