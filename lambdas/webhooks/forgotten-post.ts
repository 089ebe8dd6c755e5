import type { Delivery } from './delivery.ts';
import { stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';

/** What a post takes beyond its time-out, until its row is stored. */
const repeatGraceSeconds = 5;

/**
 * Sends the job of a delivery's first post that the matcher may have died before: its hook has a lane only
 * since then, so that the event comes to it. If that job was sent all the same, this one comes when the
 * post is made, and is a repeat.
 */
export async function postForgotten(run: LaneRun, delivery: Delivery): Promise<void> {
  const { status, tries, sequence, due, hook, ulid } = delivery;
  if (status !== 'pending' || tries > 0 || sequence !== undefined || due) return;
  const { postJobs, post } = run.parts;
  const job = { kind: 'post', hook, delivery: ulid, tries } as const;
  await stubbornly(run, async () => postJobs.send([job], post.timeoutSeconds + repeatGraceSeconds));
}
