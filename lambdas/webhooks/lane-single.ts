import type { Delivery } from './delivery.ts';
import { nowOf, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { atOnce } from '../shared/at-once.ts';
import { resendAfterMs } from './schedule-later.ts';

/**
 * Hands deliveries over to the post worker, each by itself, oldest first. They are in the due index until
 * they are posted or have their turn, so that a death before the jobs are sent delays them and loses none.
 *
 * @param epoch the hook's
 */
export async function postSingly(
  run: LaneRun,
  deliveries: readonly Delivery[],
  epoch: number,
): Promise<void> {
  const nextAttemptAt = nowOf(run);
  const resendAt = nextAttemptAt + resendAfterMs;
  const handedOver = await atOnce(deliveries, async (delivery) => {
    const pending = {
      ...delivery,
      status: 'pending',
      nextAttemptAt,
      due: true,
      resendAt,
      epoch,
    } as const;
    return stubbornly(run, async () => run.parts.deliveries.replace(pending));
  });
  const jobs = deliveries
    .filter((_delivery, place) => handedOver[place] === 'replaced')
    .map(({ ulid, tries }) => ({
      kind: 'post' as const,
      hook: run.hookUlid,
      delivery: ulid,
      tries,
    }));
  await run.parts.postJobs.send(jobs);
}
