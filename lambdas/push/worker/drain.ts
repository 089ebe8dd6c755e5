import { laneOf } from '../runs/lane-store.ts';
import { recover } from '../runs/recover.ts';
import { laneOfContent } from '../runs/row-lane.ts';
import type { Run } from '../runs/run.ts';
import { lanesOf, targetsOn } from '../rules/rule-book.ts';
import type { WorkJob } from '../contract.ts';
import { claims } from './claim-chunk.ts';
import { inLane } from './lane-keeper.ts';
import type { HeldLane } from './lane-keeper.ts';
import { keptConnection } from './kept-connection.ts';
import { pushChunk } from './push-chunk.ts';
import { againDelaySeconds, busyDelaySeconds, outageDelaySeconds, timesFrom } from './times.ts';
import { deadline } from './unless-aborted.ts';
import type { WorkParts } from './work-parts.ts';

export type DrainJob = Extract<WorkJob, { kind: 'drain' }>;

/**
 * Pushes what is NEW for the targets on a host and of one of its lanes, until nothing is. While somebody
 * else has the lane the job waits in the queue: a run ends when all that was NEW at its start is done,
 * by whomever.
 */
export async function drain(parts: WorkParts, job: DrainJob, run: Run): Promise<void> {
  const lane = laneOf(job.host, job.lane);
  const worked = await inLane(parts, { lane, run: run.ulid }, (held) =>
    drainLane(parts, { job, run, held }),
  );
  if (worked === undefined) await parts.jobs.send([job], busyDelaySeconds);
}

async function drainLane(
  parts: WorkParts,
  { job, run, held }: { job: DrainJob; run: Run; held: HeldLane },
): Promise<void> {
  const { book, jobs, runs, now } = parts;
  const { lane, epoch, signal } = held;
  const { claimsUntilMs, workUntilMs } = timesFrom(now());
  const targets = targetsOn(book, job.host).map(({ name }) => name);
  // The lane is this worker's, so whoever else has rows by it is dead.
  const isDead = (claim: { lane: string; epoch: number }) =>
    claim.lane === lane && claim.epoch !== epoch;
  const lanes = lanesOf(book, job.host);
  const isOurs = ({ content }: { content: string }) => laneOfContent(content, lanes) === job.lane;
  if (targets.length > 0) await recover(parts, { targets, isOurs, isDead });
  const taking = claims(parts, {
    run: run.ulid,
    rule: run.rule,
    targets,
    lane: job.lane,
    lanes,
    claim: { lane, epoch },
  });
  const kept = keptConnection(parts.connector);
  const late = deadline(parts, { untilMs: workUntilMs, why: 'the time of the worker was over' });
  let isDone = targets.length === 0;
  let isFirst = true;
  try {
    while (!isDone && now() < claimsUntilMs) {
      const rows = await taking.next();
      signal.throwIfAborted();
      isDone = rows.length === 0;
      if (isDone) break;
      const disturbed = await pushChunk(parts, {
        run,
        rows,
        kept,
        lost: signal,
        late: late.signal,
        isFirst,
      });
      isFirst = false;
      for (const ulid of disturbed) taking.leave(ulid);
      // What is out of reach for all of them is so for the next, too.
      if (disturbed.length === rows.length) break;
    }
  } finally {
    late.end();
    await kept.drop();
  }
  if (isDone && taking.left === 0) await runs.endJob(run.ulid, job, {}, now());
  else await jobs.send([job], taking.left > 0 ? outageDelaySeconds : againDelaySeconds);
}
