import type { JobQueue } from '../shared/job-queue.ts';
import type { PostJob } from './contract.ts';

/** The longest that a message can wait in a queue (the limit of SQS). */
const longestDelaySeconds = 900;

/**
 * After so long the due pass sends the job of a delivery once more that was set going, unless it was posted
 * by then: the first job may never have been sent.
 */
export const resendAfterMs = 90_000;

/** Whether a moment is too far ahead for a queue: then the due index has to hold what is to be done. */
export function isBeyondQueue(atMs: number, nowMs: number): boolean {
  return delaySecondsUntil(atMs, nowMs) > longestDelaySeconds;
}

/** Whole seconds until a moment, never too few; 0 when it has passed. */
export function delaySecondsUntil(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}

/**
 * Sends a job for a moment within the reach of queues.
 *
 * @throws TransientError when it was not taken.
 */
export async function sendFor(
  posts: JobQueue<PostJob>,
  job: PostJob,
  { atMs, nowMs }: { atMs: number; nowMs: number },
): Promise<void> {
  await posts.send([job], Math.min(longestDelaySeconds, delaySecondsUntil(atMs, nowMs)));
}
