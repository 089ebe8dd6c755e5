import type { Delivery, EventBus } from '../shared/events/event-bus.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { EraseFollowsJob } from './contract.ts';
import type { Effect } from './follow-changes.ts';

/**
 * Sends events to the bus and jobs to their queue. Answers one outcome for each effect, in order.
 *
 * @throws whatever bus or queue throw; the caller takes that as a passing failure of all.
 */
export async function deliverEffects(
  { bus, jobs }: { bus: EventBus; jobs: JobQueue<EraseFollowsJob> },
  effects: readonly Effect[],
): Promise<Delivery[]> {
  const toSend = effects.flatMap((effect) => ('job' in effect ? [effect.job] : []));
  if (toSend.length > 0) await jobs.send(toSend);
  const events = effects.flatMap((effect) => ('event' in effect ? [effect.event] : []));
  const published = events.length > 0 ? await bus.publish(events) : [];
  let next = 0;
  return effects.map((effect) => ('job' in effect ? 'done' : (published[next++] ?? 'retry')));
}
