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

test('20 producers of 500 events, a receiver that fails at random: each event in one batch that went well', async () => {
  const random = seededRandom(20);
  const bodies: { events: string[]; isTaken: boolean }[] = [];
  receiver.script(({ body }) => {
    const isTaken = random() >= 0.3;
    const events = (JSON.parse(body) as { id: string }[]).map(({ id }) => id);
    bodies.push({ events, isTaken });
    return isTaken ? { status: 200 } : random() < 0.8 ? { status: 500 } : { does: 'reset' };
  });
  const { queue, handler, take, lane, stop } = await startLane({
    delivery: { mode: 'batch', size: 7, time: 2 },
    retry: { retries: 1_000, retryInterval: 1 },
  });
  const startMs = Date.now();
  const times = new Map<string, number>();
  let producing = 20;
  const producers = Array.from({ length: producing }, async (_producer, number) => {
    for (let n = 0; n < 500; n += 1) {
      const id = `evt_${String(number)}_${String(n)}`;
      const atMs = startMs + n * 10 + number;
      times.set(id, atMs);
      await take(id, atMs);
      if (n % 50 === 49) await sleep(random() * 100);
    }
    producing -= 1;
  });
  const isQuiet = async () => {
    const { oldest, flush } = await lane();
    return producing === 0 && queue.size === 0 && oldest === undefined && flush === undefined;
  };
  while (!(await isQuiet())) {
    const outcome = await queue.deliver(handler, 1 + Math.floor(random() * 10));
    if (outcome === 'idle') await sleep(20);
  }
  await Promise.all(producers);
  stop();
  const taken = bodies.filter(({ isTaken }) => isTaken).map(({ events }) => events);
  expect(bodies.length).toBeGreaterThan(taken.length);
  expect(taken.flat()).toHaveLength(10_000);
  expect(new Set(taken.flat())).toEqual(new Set(times.keys()));
  const timeOf = (id: string) => times.get(id) ?? 0;
  for (const batch of taken) {
    expect(batch).toEqual(batch.toSorted((a, b) => timeOf(a) - timeOf(b)));
  }
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
