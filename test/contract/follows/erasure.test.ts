import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { erasureMessage, indexes } from '../../../lambdas/follows/contract.ts';
import type { EraseFollowsJob } from '../../../lambdas/follows/contract.ts';
import { CounterShards } from '../../../lambdas/follows/counter-shards.ts';
import { countsOf } from '../../../lambdas/follows/counts.ts';
import { DynamoErasureStore } from '../../../lambdas/follows/dynamo-erasure-store.ts';
import { DynamoFollowStore } from '../../../lambdas/follows/dynamo-follow-store.ts';
import { eraseFollows } from '../../../lambdas/follows/erase-follows.ts';
import { eraseResource, reportErasure } from '../../../lambdas/follows/erase-resource.ts';
import { follow } from '../../../lambdas/follows/follow.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import { queueHandler } from '../../../lambdas/shared/queue-handler.ts';
import { connectionReset } from '../../support/dynamodb-errors.ts';
import { faulty, randomFaults } from '../../support/faulty.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { jobsInto, memoryQueue } from '../../support/memory-queue.ts';
import { runQueueMappings } from '../../support/queue-mapping.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { silentLog } from '../../support/silent-log.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const star = 'user:star';
const types = ['user', 'project'];

test('an erasure is exact though a third of all calls fail and the queue delivers twice', async () => {
  const clock = virtualClock();
  const random = seededRandom(7);
  const store = new DynamoFollowStore(table.client, table.tableName);
  const erasures = new DynamoErasureStore(table.client, table.tableName);
  const pace = { ...clock, random, patienceMs: 20_000 };
  const writing = { store, shards: new CounterShards(random), pace, newUlid: randomUlid };
  const fans = Array.from({ length: 12 }, (_, at) => `${types[at % 2]}:fan-${at}`);
  for (const fan of fans) await follow(writing, { follower: fan, followed: star });
  for (const fan of fans.slice(0, 4)) await follow(writing, { follower: star, followed: fan });
  const bystander = { follower: 'user:fan-0', followed: 'user:fan-2' };
  await follow(writing, bystander);

  const erasure = await eraseResource(
    { store: erasures, now: clock.now, newUlid: randomUlid },
    star,
    ['follows', 'timelines'],
  );

  const deadLetters = memoryQueue({ name: 'dead-letters', now: clock.now });
  const queue = memoryQueue({
    name: 'erasure',
    now: clock.now,
    visibilityTimeoutSeconds: 360,
    deadLetters: { queue: deadLetters, maxReceiveCount: 50 },
    unreliable: { random, duplicateRate: 0.5 },
  });
  const error = connectionReset();
  // Not one of the errors that are tried again at once: each of these ends the run, as a crash does.
  const plan = randomFaults({
    random,
    rate: 1 / 3,
    faults: [
      { kind: 'refused', error },
      { kind: 'answer lost', error },
    ],
  });
  const work = {
    ...writing,
    store: faulty(store, { plan }),
    erasures: faulty(erasures, { plan }),
    jobs: faulty(jobsInto<EraseFollowsJob>(queue), { plan }),
    types,
    runMs: 30_000,
  };
  const handler = queueHandler({
    schema: erasureMessage,
    run: (message) =>
      'job' in message
        ? eraseFollows(work, message)
        : reportErasure({ store: work.erasures, now: clock.now }, message.detail.data),
    log: silentLog(),
  });

  const { ref, erasureId } = erasure;
  const report = { ref, erasureId, part: 'timelines', removed: 5, done: true };
  const about = { id: 'evt_1', at: '2026-11-21T10:30:00.000Z', audience: [] };
  const event = { detail: { ...about, type: 'erasure.progressed', data: report } };
  queue.send(JSON.stringify(event));
  queue.send(JSON.stringify({ job: 'erase-follows', ref, erasureId, pass: 1 }));
  const mapping = { queue, handler, batchSize: 1, reportBatchItemFailures: true };
  await runQueueMappings({ mappings: [mapping], clock });

  expect(deadLetters.messages()).toEqual([]);
  expect(await erasures.erasure(star)).toMatchObject({
    state: 'done',
    parts: { follows: { removed: 16, done: true }, timelines: { removed: 5, done: true } },
  });
  expect(await store.counters(star)).toEqual([]);
  const edges = fans.flatMap((fan) => [
    { follower: fan, followed: star },
    { follower: star, followed: fan },
  ]);
  expect((await store.edges(edges)).filter((edge) => edge !== undefined)).toEqual([]);
  const [left] = await store.edges([bystander]);
  expect(left).toBeDefined();
  const numbers = { followers: 0, followings: 0, friends: 0 };
  for (const fan of fans) {
    const own = {
      ...numbers,
      ...(fan === bystander.follower && { followings: 1 }),
      ...(fan === bystander.followed && { followers: 1 }),
    };
    expect({ fan, ...countsOf(await store.counters(fan), types) }).toMatchObject({ fan, ...own });
  }
}, 60_000);
