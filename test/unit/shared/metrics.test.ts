import { beforeEach, describe, expect, test } from '@jest/globals';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { domainEvent } from '../../../lambdas/shared/events/domain-event.ts';
import type { Delivery } from '../../../lambdas/shared/events/event-bus.ts';
import { countedBus, countedQueue, newMeter } from '../../../lambdas/shared/metrics.ts';
import type { Meter } from '../../../lambdas/shared/metrics.ts';

/** Metrics whose lines are kept instead of printed. */
class KeptMetrics extends Metrics {
  readonly lines: Record<string, unknown>[] = [];

  override publishStoredMetrics(): this {
    this.lines.push({ ...this.serializeMetrics() });
    this.clearMetrics();
    return this;
  }
}

let metrics: KeptMetrics;
let meter: Meter;
beforeEach(() => {
  metrics = new KeptMetrics({ namespace: 'Sequitur/test', serviceName: 'follows/relay' });
  meter = newMeter(metrics);
});

const invoke = async (work: () => unknown) =>
  meter.during(async (_event: undefined, _context: undefined) => Promise.resolve(work()))(
    undefined,
    undefined,
  );

describe('an invocation', () => {
  test('writes what it counted as one line, sums for each name', async () => {
    await invoke(() => {
      meter.count('FollowsCreated', 2);
      meter.count('FollowsEnded', 1);
      meter.count('FollowsCreated', 3);
    });
    expect(metrics.lines).toHaveLength(1);
    expect(metrics.lines[0]).toMatchObject({
      service: 'follows/relay',
      FollowsCreated: 5,
      FollowsEnded: 1,
    });
  });

  test('writes nothing when it counted nothing', async () => {
    await invoke(() => meter.count('ChangesParked', 0));
    expect(metrics.lines).toEqual([]);
  });

  test('counts from nothing each time', async () => {
    await invoke(() => meter.count('ActionsPosted', 1));
    await invoke(() => meter.count('ActionsPosted', 1));
    expect(metrics.lines.map((line) => line['ActionsPosted'])).toEqual([1, 1]);
  });

  test('writes what it counted before it failed, and still fails', async () => {
    const failing = invoke(() => {
      meter.count('FanOutRows', 7);
      throw new Error('lost');
    });
    await expect(failing).rejects.toThrow('lost');
    expect(metrics.lines[0]).toMatchObject({ FanOutRows: 7 });
  });

  test('writes a gauge with its unit, of several values the last, and 0 too', async () => {
    await invoke(() => {
      meter.gauge('OldestPushSeconds', 7, 'Seconds');
      meter.gauge('OldestPushSeconds', 0, 'Seconds');
    });
    await invoke(() => undefined);
    expect(metrics.lines).toHaveLength(1);
    expect(metrics.lines[0]).toMatchObject({ OldestPushSeconds: 0 });
    expect(JSON.stringify(metrics.lines[0])).toContain(
      '{"Name":"OldestPushSeconds","Unit":"Seconds"}',
    );
  });

  test('answers what its handler answers', async () => {
    expect(await invoke(() => 'answer')).toBe('answer');
  });
});

const friendDeleted = (seed: string) =>
  domainEvent('friend.deleted', {
    atMs: 0,
    seed,
    audience: [],
    data: { resources: ['user:a', 'user:b'] },
  });

test('a counted bus counts the events of its types that were taken', async () => {
  const outcomes: Delivery[] = ['done', 'retry', { refused: 'no' }, 'done'];
  const bus = countedBus({ publish: () => Promise.resolve(outcomes) }, meter, {
    'friend.deleted': 'FollowsEnded',
  });
  const events = ['1', '2', '3', '4'].map(friendDeleted);
  await invoke(async () => {
    expect(await bus.publish(events)).toEqual(outcomes);
  });
  expect(metrics.lines[0]).toMatchObject({ FollowsEnded: 2 });
});

test('a counted queue counts the jobs that were taken', async () => {
  let down = true;
  const queue = countedQueue(
    {
      send: () => (down ? Promise.reject(new Error('away')) : Promise.resolve()),
    },
    meter,
    'ChangesParked',
  );
  await expect(invoke(() => queue.send(['a', 'b']))).rejects.toThrow('away');
  down = false;
  await invoke(() => queue.send(['a', 'b', 'c']));
  expect(metrics.lines.map((line) => line['ChangesParked'])).toEqual([3]);
});
