import type { JobQueue } from '../job-queue.ts';
import type { DomainEvent } from './domain-event.ts';
import type { Delivery, EventBus } from './event-bus.ts';

/** What follows from a change of a table: an event for everybody, or a job for the domain itself. */
export type Effect<Job> = { event: DomainEvent } | { job: Job };

/** The event's id of an effect that is an event, for the log. */
export function eventIdOf(effect: Effect<unknown>): string | undefined {
  return 'event' in effect ? effect.event.id : undefined;
}

/**
 * Sends events to the bus and jobs to their queue. Answers one outcome for each effect, in order.
 *
 * @throws whatever bus or queue throw; the caller takes that as a passing failure of all.
 */
export async function deliverEffects<Job>(
  { bus, jobs }: { bus: EventBus; jobs: JobQueue<Job> },
  effects: readonly Effect<Job>[],
): Promise<Delivery[]> {
  const toSend = effects.flatMap((effect) => ('job' in effect ? [effect.job] : []));
  if (toSend.length > 0) await jobs.send(toSend);
  const events = effects.flatMap((effect) => ('event' in effect ? [effect.event] : []));
  const published = events.length > 0 ? await bus.publish(events) : [];
  let next = 0;
  return effects.map((effect) => ('job' in effect ? 'done' : (published[next++] ?? 'retry')));
}
