import { expect, test } from '@jest/globals';
import { chunkJob } from '../../../lambdas/timelines/contract.ts';
import type { Fault, FaultPlan } from '../../support/faulty.ts';
import { streamRecords } from '../../support/dynamodb-stream-record.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { deliverChanges, deliverJobs, settle } from '../../support/in-memory-timelines-delivery.ts';
import { memoryQueue } from '../../support/memory-queue.ts';
import { deliveriesOf, runQueueMappings } from '../../support/queue-mapping.ts';
import { runStreamMapping } from '../../support/stream-mapping.ts';
import { bob, following, post, stored } from './acting.ts';

const followers = Array.from({ length: 6 }, (_, at) => `user:f${at}`);

/** Six followers in chunks of two; bob has posted and the chunks wait. */
async function chunked() {
  const app = new TimelinesApp({ settings: { chunkSize: 2 } });
  await following(
    app,
    followers.map((follower) => [follower, bob]),
  );
  const ulid = await post(app, bob);
  await deliverChanges(app);
  await deliverJobs(app, 'plans');
  return { app, ulid };
}

/** Writing to this owner never works. */
const refusing =
  (owner: string): FaultPlan =>
  ({ method, args: [copies] }) =>
    method === 'writeCopies' && JSON.stringify(copies).includes(`"${owner}"`)
      ? { kind: 'refused', error: new Error('refused') }
      : undefined;

function always(kind: Exclude<Fault['kind'], 'twice'>): FaultPlan {
  return () => ({ kind, error: new Error(kind) });
}

test('a chunk that always fails is retried alone and ends in the dead-letter queue', async () => {
  const { app, ulid } = await chunked();
  const run = await runQueueMappings({
    clock: app.clock,
    mappings: [
      {
        queue: app.queues.chunks,
        handler: app.handlers(refusing('user:f2')).chunks,
        reportBatchItemFailures: true,
      },
    ],
  });
  expect([...deliveriesOf(run).values()].toSorted((a, b) => a - b)).toEqual([1, 1, 5]);
  const givenUp = app.deadLetters
    .messages()
    .map(({ body }) => chunkJob.parse(JSON.parse(body)).followers.map(([owner]) => owner));
  expect(givenUp).toEqual([['user:f2', 'user:f3']]);
  for (const owner of followers) {
    const lost = owner === 'user:f2' || owner === 'user:f3';
    expect(await stored(app, owner)).toEqual(lost ? [] : [`copy ${ulid}`]);
  }

  // Redriven when its cause is mended, however much later, nothing is missing.
  app.clock.advance(3 * 24 * 3_600_000);
  for (const { body } of app.deadLetters.messages()) app.queues.chunks.send(body);
  await settle(app);
  for (const owner of followers) expect(await stored(app, owner)).toEqual([`copy ${ulid}`]);
});

test('a message that is no job ends in the dead-letter queue, its neighbours are done', async () => {
  const { app, ulid } = await chunked();
  app.queues.chunks.send('{"kind":"copy"}');
  app.queues.chunks.send('nonsense');
  await settle(app);
  expect(app.deadLetters.messages().map(({ body }) => body)).toEqual([
    '{"kind":"copy"}',
    'nonsense',
  ]);
  for (const owner of followers) expect(await stored(app, owner)).toEqual([`copy ${ulid}`]);
});

test('a poison change is parked alone, its neighbours go out once and in order', async () => {
  const app = new TimelinesApp();
  const posted: string[] = [];
  for (let count = 0; count < 5; count += 1) posted.push(await post(app, bob));
  const records = streamRecords(
    app.changes.map((change, index) =>
      index === 2 ? { ...change, after: { ...change.after, verb: 7 } } : change,
    ),
  );
  const failures = memoryQueue({ name: 'failures', now: app.clock.now });
  const run = await runStreamMapping({
    records,
    handler: app.handlers().changes,
    mapping: {
      batchSize: 100,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      maximumRetryAttempts: 10_000,
      onFailure: failures,
    },
    clock: app.clock,
  });
  expect(run.invocations).toHaveLength(1);
  expect([...run.fates.values()]).toEqual(posted.map(() => ({ fate: 'done', deliveries: 1 })));
  expect(app.parked).toMatchObject([{ keys: { sk: { S: `${posted[2]}#` } } }]);
  expect(failures.messages()).toEqual([]);
  const others = posted.filter((_, index) => index !== 2);
  expect(app.events.map(({ data }) => data)).toMatchObject(
    others.map((ulid) => ({ id: `act_${ulid}` })),
  );
  expect(app.queues.plans.messages()).toHaveLength(4);
});

test('changes whose plans could not be sent are tried again, with the same events', async () => {
  const app = new TimelinesApp();
  await following(app, [[followers[0] ?? '', bob]]);
  const ulid = await post(app, bob);
  await deliverChanges(app, always('refused'));
  expect(app.changes).toHaveLength(1);
  await deliverChanges(app, always('answer lost'));
  await settle(app);
  expect(new Set(app.events.map(({ id }) => id)).size).toBe(1);
  expect(await stored(app, followers[0] ?? '')).toEqual([`copy ${ulid}`]);
});
