import type { JobQueue } from '../shared/job-queue.ts';
import type { Pace } from '../shared/persist.ts';
import type { PostJob } from './contract.ts';
import type { DeliveryStore, DueRow } from './delivery-store.ts';
import { delaySecondsUntil } from './schedule-later.ts';

export interface DueParts {
  deliveries: Pick<DeliveryStore, 'dueUntil' | 'undue'>;
  posts: JobQueue<PostJob>;
  pace: Pick<Pace, 'now' | 'sleep'>;
}

/** What is due before the next pass: it runs every minute. */
const aheadMs = 60_000;

/** Rows taken at once, and how many of them out of the index at the same time. */
const rowsPerRead = 200;
const parallelWrites = 20;

/** The index follows its table in an instant; until then it shows what was taken out already. */
const indexLagMs = 200;

/**
 * Sends jobs for all that is due, each with its delay, and takes it out of the index: sent first, so
 * that a death in between makes a repeat, never a loss.
 *
 * @param deadlineMs begins nothing more then; what is left is the next pass's
 * @returns how many jobs were sent
 * @throws TransientError when some could not be sent; they are still due.
 */
export async function sendDue(parts: DueParts, deadlineMs: number): Promise<number> {
  const { deliveries, posts, pace } = parts;
  const taken = new Set<string>();
  while (pace.now() < deadlineMs) {
    const rows = await deliveries.dueUntil(pace.now() + aheadMs, rowsPerRead);
    const fresh = rows.filter((row) => !taken.has(nameOf(row)));
    if (fresh.length === 0 && rows.length < rowsPerRead) break;
    if (fresh.length === 0) await pace.sleep(indexLagMs);
    for (const [delaySeconds, due] of byDelay(fresh, pace.now())) {
      await posts.send(due.map(jobOf), delaySeconds);
    }
    for (let start = 0; start < fresh.length; start += parallelWrites) {
      const part = fresh.slice(start, start + parallelWrites);
      await Promise.all(part.map(async (row) => deliveries.undue(row)));
    }
    for (const row of fresh) taken.add(nameOf(row));
  }
  return taken.size;
}

function byDelay(rows: readonly DueRow[], nowMs: number): Map<number, DueRow[]> {
  return Map.groupBy(rows, ({ dueAt }) => delaySecondsUntil(dueAt, nowMs));
}

function jobOf({ hook, delivery, dueAt, tries = 0, single, reserved }: DueRow): PostJob {
  if (delivery === undefined) return { kind: 'wake', hook, at: dueAt };
  return {
    kind: 'post',
    hook,
    delivery,
    tries,
    ...(single && { single }),
    ...(reserved && { reserved }),
  };
}

function nameOf({ hook, delivery = '', dueAt }: DueRow): string {
  return `${hook} ${delivery} ${String(dueAt)}`;
}
