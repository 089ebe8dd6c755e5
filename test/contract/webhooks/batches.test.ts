import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { CapacityMeter } from '../../../bench/capacity/capacity-meter.ts';
import { fifoHandler } from '../../../lambdas/shared/fifo-handler.ts';
import { parseAllowedTargets } from '../../../lambdas/webhooks/allowed-targets.ts';
import { indexes, laneJob } from '../../../lambdas/webhooks/contract.ts';
import type { LaneJob } from '../../../lambdas/webhooks/contract.ts';
import { dynamoDeliveryStore } from '../../../lambdas/webhooks/dynamo-delivery-store.ts';
import { DynamoHookStore } from '../../../lambdas/webhooks/dynamo-hook-store.ts';
import { dynamoLaneStore } from '../../../lambdas/webhooks/dynamo-lane-store.ts';
import { dynamoRateLimits } from '../../../lambdas/webhooks/dynamo-rate-limits.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { laneQueueOptions } from '../../../lambdas/webhooks/lane-jobs.ts';
import { workLane } from '../../../lambdas/webhooks/lane-worker.ts';
import { UndiciPoster } from '../../../lambdas/webhooks/undici-poster.ts';
import { payloadOf } from '../../../lambdas/webhooks/webhook-event.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { startReceiver } from '../../support/receiver.ts';
import type { Receiver } from '../../support/receiver.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { silentLog } from '../../support/silent-log.ts';
import { newHook } from '../../support/webhook-hooks.ts';

let table: LocalTable;
let meter: CapacityMeter;
let client: LocalTable['client'];
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({});
  meter = new CapacityMeter(client, table.client, { [table.tableName]: indexes });
}, 120_000);
afterAll(async () => table.stop());

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => receiver.close());

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The worker with its real adapters and a real poster, behind a FIFO queue. */
async function startLane(more: Partial<Hook>) {
  const { tableName } = table;
  const now = Date.now;
  const hooks = new DynamoHookStore(client, tableName, now);
  const hook = newHook({ target: receiver.url, secrets: [{ sealed: secret }], ...more });
  await hooks.create(hook);
  const queue = new FifoQueue({ now, visibilityTimeoutSeconds: 1, maxReceiveCount: 100 });
  const jobs = queue.jobs<LaneJob>(laneQueueOptions);
  const timers = new Set<NodeJS.Timeout>();
  const parts = {
    hooks,
    deliveries: dynamoDeliveryStore(client, tableName, now),
    lanes: dynamoLaneStore(client, tableName),
    post: {
      hooks,
      limits: dynamoRateLimits(client, tableName),
      secrets: { open: async (sealed: string) => Promise.resolve(sealed) },
      poster: new UndiciPoster({
        allowed: parseAllowedTargets(['127.0.0.1/32:*']),
        timeoutMs: 3_000,
        now,
      }),
      timeoutSeconds: 3,
      pace: { now, sleep: async (ms: number) => sleep(ms), random: Math.random, patienceMs: 5_000 },
      meter: { count: () => undefined },
    },
    postJobs: {
      send: async (sent: readonly { kind: string; hook: string; at?: number }[], delay = 0) => {
        await Promise.resolve();
        for (const { kind, hook: ulid, at } of sent) {
          if (kind !== 'wake' || at === undefined) throw new Error('nothing is posted singly here');
          const wake = { kind: 'wake' as const, hook: ulid, at };
          timers.add(setTimeout(() => void jobs.send([wake]), delay * 1_000));
        }
      },
    },
    laneJobs: jobs,
    settings: { retentionDays: 30, heldDays: 7 },
    budgetMs: 40_000,
  };
  const handler = fifoHandler({
    schema: laneJob,
    run: (ulid, messages) => workLane(parts, ulid, messages),
    log: silentLog(),
  });
  const take = async (id: string, atMs: number) => {
    const event = { id, type: 'follow.created', atMs };
    const payload = payloadOf({ ...event, audience: [], data: { n: 1 } });
    await jobs.send([{ kind: 'take', hook: hook.ulid, event, payload }]);
  };
  const lane = async () => parts.lanes.read(hook.ulid);
  const stop = () => timers.forEach((timer) => clearTimeout(timer));
  return { queue, handler, take, lane, stop, parts, hook };
}

/** What the receiver did with a post: `late` is a 2xx that came when nobody waited for it any more. */
interface Received {
  id: string;
  /** Each event's own id, and its bytes. */
  events: { id: string; bytes: string }[];
  answer: 'taken' | 'late' | 'refused';
}

const producers = 20;
const eventsEach = 500;
const waves = 4;

test('20 producers of 500 events, a receiver that fails at random: each event in one batch that went well', async () => {
  const random = seededRandom(20);
  const received: Received[] = [];
  const lateAt = [5, 60];
  receiver.script(({ body, headers }, index) => {
    const events = (JSON.parse(body) as { id: string }[]).map((event) => ({
      id: event.id,
      bytes: JSON.stringify(event),
    }));
    const isTaken = random() >= 0.3;
    const answer = lateAt.includes(index) ? 'late' : isTaken ? 'taken' : 'refused';
    received.push({ id: headers['webhook-id'] ?? '', events, answer });
    if (answer === 'late') return { status: 200, afterMs: 3_500 };
    if (isTaken) return { status: 200 };
    return random() < 0.8 ? { status: 500 } : { does: 'reset' };
  });
  const { queue, handler, take, lane, stop } = await startLane({
    delivery: { mode: 'batch', size: 7, time: 2 },
    retry: { retries: 1_000, retryInterval: 1 },
  });
  const times = new Map<string, number>();
  // Events reach the queue a little later than they happened, so not in the order of their times.
  const produce = async (id: string) => {
    const atMs = Date.now() - Math.floor(random() * 20);
    times.set(id, atMs);
    await take(id, atMs);
  };
  const ids = Array.from({ length: producers }, (_producer, number) =>
    Array.from({ length: eventsEach }, (_event, n) => `evt_${String(number)}_${String(n)}`),
  );
  const workUntil = async (isOver: () => boolean) => {
    for (;;) {
      const most = random() < 0.8 ? 10 : 1 + Math.floor(random() * 9);
      const outcome = await queue.deliver(handler, most);
      if (outcome !== 'idle') continue;
      const { oldest, flush } = await lane();
      if (isOver() && queue.size === 0 && oldest === undefined && flush === undefined) return;
      await sleep(10);
    }
  };
  for (let wave = 0; wave < waves; wave += 1) {
    const each = eventsEach / waves;
    const own = ids.map((all) => all.slice(wave * each, (wave + 1) * each));
    const [lone = ''] = own[0]?.splice(-1) ?? [];
    let producing = producers;
    const running = own.map(async (events) => {
      for (const id of events) {
        await produce(id);
        if (random() < 0.5) await sleep(random() * 50);
      }
      producing -= 1;
    });
    await workUntil(() => producing === 0);
    await Promise.all(running);
    // By itself: only its time can bring it.
    await produce(lone);
    await workUntil(() => true);
  }
  stop();

  const of = (answer: Received['answer']) => received.filter((post) => post.answer === answer);
  const idsOf = (posts: readonly Received[]) =>
    posts.flatMap(({ events }) => events.map((e) => e.id));
  expect(of('refused').length).toBeGreaterThan(10);
  expect(of('late')).toHaveLength(lateAt.length);
  // Every event once, in time; and what came late, once more, as the very same event.
  expect(idsOf(of('taken')).toSorted()).toEqual(ids.flat().toSorted());
  const bytes = new Map(of('taken').flatMap(({ events }) => events.map((e) => [e.id, e.bytes])));
  for (const { events } of received) {
    expect(events.map((e) => bytes.get(e.id))).toEqual(events.map((e) => e.bytes));
    const atMs = events.map((e) => times.get(e.id) ?? 0);
    expect(atMs).toEqual(atMs.toSorted((a, b) => a - b));
  }
  // The same events are the same post, others another one.
  const posts = new Map(
    received.map(({ id, events }) => [id, idsOf([{ id, events, answer: 'late' }])]),
  );
  expect(new Set([...posts.values()].map((events) => events.join(' '))).size).toBe(posts.size);
  expect(of('taken').filter(({ events }) => events.length === 1).length).toBeGreaterThanOrEqual(
    waves,
  );
  expect(queue.deadLetters).toEqual([]);
}, 300_000);

test('an event in a batch takes less than two write units when events come together', async () => {
  const sized = await startLane({ delivery: { mode: 'batch', size: 7 } });
  for (let n = 0; n < 70; n += 1) await sized.take(`evt_${String(n)}`, Date.now() + n);
  const together = await meter.measure(async () => {
    while ((await sized.queue.deliver(sized.handler)) !== 'idle');
  });
  // Ten events come in each invocation: ten rows, and for the post the lane twice and its record.
  expect(together.writes / 70).toBeCloseTo(1.3, 5);

  const alone = await startLane({ delivery: { mode: 'batch', size: 7 } });
  const oneByOne = await meter.measure(async () => {
    for (let n = 0; n < 70; n += 1) {
      await alone.take(`evt_${String(n)}`, Date.now() + n);
      await alone.queue.deliver(alone.handler);
    }
  });
  // A lane that counts is stored in each run: two units for each event, and two for each post.
  expect(oneByOne.writes / 70).toBeCloseTo(2 + 2 / 7, 5);

  const timed = await startLane({ delivery: { mode: 'batch', time: 800 } });
  const startMs = Date.now();
  const byTime = await meter.measure(async () => {
    for (let n = 0; n < 70; n += 1) {
      await timed.take(`evt_${String(n)}`, startMs + n);
      await timed.queue.deliver(timed.handler);
    }
  });
  timed.stop();
  // One for each event, and the lane when the first came: nobody counts.
  expect(byTime.writes).toBe(70 + 1);
}, 120_000);
