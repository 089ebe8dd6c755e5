import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EventType } from './events/registry.ts';
import type { EventBus } from './events/event-bus.ts';
import type { JobQueue } from './job-queue.ts';

/**
 * What is counted of the application's own work; the dashboard shows each. Numbers only, never who or
 * what. A repeat after a failure counts again, so these are for curves, not for bills.
 */
export type MetricName =
  | 'ActionsPosted'
  | 'ChangesParked'
  | 'FanOutRows'
  | 'FollowsCreated'
  | 'FollowsEnded'
  | 'HooksDisabled'
  | 'MessagesSent'
  | 'PushesFailed'
  | 'PushesSucceeded'
  | 'ThreadsStarted'
  | 'WebhookTriesFailed'
  | 'WebhooksDelivered'
  | 'WebhooksExhausted';

/** What is measured of the application's own work: how it is now. */
export type GaugeName = 'OldestPushSeconds';

export interface Meter {
  count(name: MetricName, value: number): void;
  /** Of several values the last counts. */
  gauge(name: GaugeName, value: number, unit: 'Seconds'): void;
  /** Runs a handler, and writes what it counted as one line in CloudWatch's embedded metric format. */
  during<Event, Context, Result>(
    handler: (event: Event, context: Context) => Promise<Result>,
  ): (event: Event, context: Context) => Promise<Result>;
}

/** Namespace and service come from the environment that the construct sets. */
export function newMeter(metrics = new Metrics()): Meter {
  const counts = new Map<MetricName, number>();
  const gauges = new Map<GaugeName, { value: number; unit: 'Seconds' }>();
  const flush = (): void => {
    if (counts.size === 0 && gauges.size === 0) return;
    for (const [name, value] of counts) metrics.addMetric(name, MetricUnit.Count, value);
    for (const [name, { value, unit }] of gauges) metrics.addMetric(name, MetricUnit[unit], value);
    counts.clear();
    gauges.clear();
    metrics.publishStoredMetrics();
  };
  return {
    count(name, value) {
      if (value > 0) counts.set(name, (counts.get(name) ?? 0) + value);
    },
    gauge(name, value, unit) {
      gauges.set(name, { value, unit });
    },
    during(handler) {
      return async (event, context) => {
        try {
          return await handler(event, context);
        } finally {
          flush();
        }
      };
    },
  };
}

/** A bus that counts the events of some types which it took. */
export function countedBus(
  bus: EventBus,
  meter: Meter,
  names: Partial<Record<EventType, MetricName>>,
): EventBus {
  return {
    async publish(events) {
      const outcomes = await bus.publish(events);
      for (const [index, { type }] of events.entries()) {
        const name = names[type];
        if (name !== undefined && outcomes[index] === 'done') meter.count(name, 1);
      }
      return outcomes;
    },
  };
}

/** A queue that counts the jobs which it took. */
export function countedQueue<Job>(
  queue: JobQueue<Job>,
  meter: Meter,
  name: MetricName,
): JobQueue<Job> {
  return {
    async send(jobs, delaySeconds) {
      await queue.send(jobs, delaySeconds);
      meter.count(name, jobs.length);
    },
  };
}
