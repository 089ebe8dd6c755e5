import type { PushTarget } from '../../shared/define/push-target.ts';
import type { WorkJob } from '../contract.ts';
import { hostOf, lanesOf } from '../rules/rule-book.ts';
import { laneOf } from '../runs/lane-store.ts';
import type { Run } from '../runs/run.ts';
import { inLane } from './lane-keeper.ts';
import { keptConnection } from './kept-connection.ts';
import { endAndGoOn, sendJob } from './mass-jobs.ts';
import { massLane } from './mass-lane.ts';
import { sendParcel } from './mass-parcel.ts';
import { busyDelaySeconds, againDelaySeconds, timesFrom } from './times.ts';
import { deadline } from './unless-aborted.ts';
import type { WorkParts } from './work-parts.ts';

export type SendJob = Extract<WorkJob, { kind: 'send' }>;

/**
 * Sends the files of a mass run to a target, in one of the lanes of its host, and goes on to the next
 * target, whatever became of this one. While the lanes are others' the job waits in the queue.
 */
export async function massSend(parts: WorkParts, job: SendJob, run: Run): Promise<void> {
  const { book, jobs } = parts;
  const target = book.targets.get(job.target);
  if (target === undefined) {
    const message = `the configuration has no target "${job.target}"`;
    await endTarget(parts, { job, run, isWhole: false, messages: [message] });
    return;
  }
  const lanes = lanesOf(book, hostOf(target));
  for (let lane = 0; lane < lanes; lane++) {
    const name = laneOf(hostOf(target), lane);
    const worked = await inLane(parts, { lane: name, run: run.ulid }, (host) => {
      const mine = { lane: massLane(run.ulid), run: run.ulid };
      return inLane(parts, mine, async ({ epoch, signal }) => {
        const lost = AbortSignal.any([host.signal, signal]);
        await sendOnce(parts, { job, run, target, epoch, lost });
      });
    });
    if (worked?.done !== undefined) return;
    // The lane was free, but another worker has the run.
    if (worked !== undefined) break;
  }
  await jobs.send([job], busyDelaySeconds);
}

async function sendOnce(
  parts: WorkParts,
  work: { job: SendJob; run: Run; target: PushTarget; epoch: number; lost: AbortSignal },
): Promise<void> {
  const { job, target, epoch, lost } = work;
  const run = await parts.runs.get(work.run.ulid);
  const isOpen = run?.jobs.some((one) => one.kind === 'send' && one.target === job.target);
  if (run?.state !== 'running' || isOpen !== true) return;
  const { workUntilMs } = timesFrom(parts.now());
  const late = deadline(parts, { untilMs: workUntilMs, why: 'the time of the worker was over' });
  const kept = keptConnection(parts.connector);
  try {
    const sending = { target, kept, lost, late: late.signal, isFirst: true };
    const sent = await sendParcel(parts, sending, { run, epoch });
    lost.throwIfAborted();
    if (sent === 'goes on') await parts.jobs.send([job], againDelaySeconds);
    else await endTarget(parts, { job, run, ...sent });
  } finally {
    late.end();
    await kept.drop();
  }
}

async function endTarget(
  parts: WorkParts,
  end: { job: SendJob; run: Run; isWhole: boolean; messages: readonly string[] },
): Promise<void> {
  const { job, run, isWhole, messages } = end;
  const targets = parts.book.rules.get(run.rule ?? '')?.targets ?? [];
  const place = targets.indexOf(job.target);
  const after = place < 0 ? [] : targets.slice(place + 1, place + 2);
  const next = after.map((target) => sendJob(run.ulid, target));
  const counts = isWhole ? { pushed: 1 } : { failed: 1 };
  await endAndGoOn(parts, job, { counts, messages, failed: !isWhole, next });
  parts.meter.count(isWhole ? 'PushesSucceeded' : 'PushesFailed', 1);
}
