import { describe, expect, test } from '@jest/globals';
import type { EraseFollowsJob } from '../../../lambdas/follows/contract.ts';
import { deliverEffects } from '../../../lambdas/shared/events/deliver-effects.ts';
import {
  edgeItem,
  edgeKey,
  endedKey,
  erasureKey,
} from '../../../lambdas/follows/dynamo-follow-items.ts';
import { effectsOfChange } from '../../../lambdas/follows/follow-changes.ts';
import type { FollowWrite } from '../../../lambdas/follows/follow-store.ts';
import type { DomainEvent } from '../../../lambdas/shared/events/domain-event.ts';
import type { Delivery, EventBus } from '../../../lambdas/shared/events/event-bus.ts';
import { lastUlidAt, rfc3339 } from '../../../lambdas/shared/identifier.ts';
import { streamHandler } from '../../../lambdas/shared/stream-handler.ts';
import type { ParkedChange } from '../../../lambdas/shared/stream-handler.ts';
import { streamRecords } from '../../support/dynamodb-stream-record.ts';
import type { StreamChange } from '../../support/dynamodb-stream-record.ts';
import { jobsInto, memoryQueue } from '../../support/memory-queue.ts';
import { silentLog } from '../../support/silent-log.ts';
import { runStreamMapping } from '../../support/stream-mapping.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const startMs = Date.parse('2026-11-21T10:30:00Z');
const idAt = (second: number) => lastUlidAt(startMs + second * 1000);
const timeAt = (second: number) => rfc3339(startMs + second * 1000);

/** What the construct sets; small batches, so that there are several. */
const mapping = {
  batchSize: 4,
  bisectBatchOnFunctionError: true,
  reportBatchItemFailures: true,
  maximumRetryAttempts: 10_000,
  maximumRecordAgeInSeconds: 23 * 3600,
};

function followed(follower: string, other: string, second: number, friend = false): StreamChange {
  const write: FollowWrite = {
    follower,
    followed: other,
    followId: idAt(second),
    friendship: friend ? { reverseFollowId: idAt(0), friendId: idAt(second) } : undefined,
    shards: { follower: 0, followed: 0 },
  };
  const keys = { ...edgeKey(write) };
  return { keys, after: edgeItem(write), atMs: startMs + second * 1000 };
}

function ended(
  follower: string,
  other: string,
  followSecond: number,
  second: number,
  friend = false,
): StreamChange {
  const after = { followed: other, endedAt: timeAt(second), friend, reason: 'unfollowed' };
  const keys = { ...endedKey(follower, idAt(followSecond)) };
  return { keys, after: { ...after, expiresAt: 1 }, atMs: startMs + second * 1000 };
}

/** Runs changes through the relay, as its mapping delivers them. `busAnswers` come first, call by call. */
async function relay(changes: readonly StreamChange[], busAnswers: (Delivery | Error)[] = []) {
  const clock = virtualClock(startMs + 60_000);
  const onFailure = memoryQueue({ name: 'failures', now: clock.now });
  const jobs = memoryQueue({ name: 'jobs', now: clock.now });
  const published: DomainEvent[] = [];
  const bus: EventBus = {
    publish: (events) => {
      const outcomes: Delivery[] = [];
      for (const event of events) {
        const answer = busAnswers.shift() ?? 'done';
        if (answer instanceof Error) return Promise.reject(answer);
        if (answer === 'done') published.push(event);
        outcomes.push(answer);
      }
      return Promise.resolve(outcomes);
    },
  };
  const handler = streamHandler({
    effectsOf: effectsOfChange,
    deliver: (effects) => deliverEffects({ bus, jobs: jobsInto<EraseFollowsJob>(jobs) }, effects),
    failures: jobsInto<ParkedChange>(onFailure),
    log: silentLog(),
  });
  const records = streamRecords(changes);
  const run = await runStreamMapping({
    records,
    handler,
    clock,
    mapping: { ...mapping, onFailure },
  });
  return {
    published,
    run,
    parked: onFailure.messages().map(({ body }): unknown => JSON.parse(body)),
    jobs: jobs.messages().map(({ body }): unknown => JSON.parse(body)),
  };
}

const said = (events: readonly DomainEvent[]) => events.map(({ type, at }) => `${type} ${at}`);

describe('the relay of follows', () => {
  test('says each follow, friendship and end once, with ids that do not change', async () => {
    const edge = followed('user:amy', 'user:bob', 1);
    const closing = followed('user:bob', 'user:amy', 2, true);
    const changes: StreamChange[] = [
      edge,
      closing,
      // The other edge of the pair becomes a friend's, and stops being one: no events of their own.
      { ...edge, before: edge.after ?? {}, after: { ...edge.after, friendId: idAt(2) } },
      { keys: edge.keys, before: edge.after ?? {}, atMs: startMs + 3_000 },
      ended('user:amy', 'user:bob', 1, 3, true),
      // The end is forgotten after its thirty days.
      { keys: endedKey('user:amy', idAt(1)) as never, before: {}, atMs: startMs + 4_000 },
      { keys: { pk: 'C#user:amy', sk: '0' }, after: { writes: 1 }, atMs: startMs + 4_000 },
    ];
    const { published, parked } = await relay(changes);
    expect(parked).toEqual([]);
    expect(said(published)).toEqual([
      `follow.created ${timeAt(1)}`,
      `follow.created ${timeAt(2)}`,
      `friend.created ${timeAt(2)}`,
      `follow.deleted ${timeAt(3)}`,
      `friend.deleted ${timeAt(3)}`,
    ]);
    expect(published[3]).toMatchObject({
      audience: ['user:amy', 'user:bob'],
      data: {
        followId: idAt(1),
        follower: 'user:amy',
        followed: 'user:bob',
        since: timeAt(1),
        endedAt: timeAt(3),
        reason: 'unfollowed',
      },
    });
    const friendship = { resources: ['user:amy', 'user:bob'] };
    expect(published[2]?.data).toEqual({ ...friendship, since: timeAt(2) });
    expect(published[4]?.data).toEqual(friendship);
    expect(new Set(published.map(({ id }) => id)).size).toBe(5);
    const again = await relay(changes);
    expect(again.published).toEqual(published);
  });

  test('parks a poison record alone; its neighbours go out once each, in order', async () => {
    const changes = Array.from({ length: 12 }, (_, at) => followed('user:amy', `user:${at}`, at));
    const poison = 5;
    changes[poison] = { ...followed('user:amy', 'user:x', 5), after: { followId: 'not a ULID' } };
    const { published, parked, run } = await relay(changes);
    expect(said(published)).toEqual(
      [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map((at) => `follow.created ${timeAt(at)}`),
    );
    expect(parked).toMatchObject([{ keys: { pk: { S: 'E#user:amy' }, sk: { S: 'user:x' } } }]);
    expect([...run.fates.values()].every(({ fate }) => fate === 'done')).toBe(true);
    expect(run.discarded).toEqual([]);
  });

  test('tries again what the bus refuses for a passing reason, and keeps the order of each pair', async () => {
    const changes = [
      followed('user:amy', 'user:bob', 1),
      ended('user:amy', 'user:bob', 1, 2),
      followed('user:amy', 'user:bob', 3),
      ended('user:amy', 'user:bob', 3, 4),
    ];
    const busy = new Error('bus out of reach');
    const { published, parked } = await relay(changes, [busy, 'done', 'retry', 'retry', 'retry']);
    expect(parked).toEqual([]);
    expect(said(published)).toEqual([
      `follow.created ${timeAt(1)}`,
      `follow.deleted ${timeAt(2)}`,
      `follow.created ${timeAt(3)}`,
      `follow.deleted ${timeAt(4)}`,
    ]);
  });

  test('parks an event that the bus refuses for good, without its neighbours', async () => {
    const changes = [1, 2, 3].map((at) => followed('user:amy', `user:${at}`, at));
    const { published, parked } = await relay(changes, ['done', { refused: 'too large' }, 'done']);
    expect(said(published)).toEqual([`follow.created ${timeAt(1)}`, `follow.created ${timeAt(3)}`]);
    expect(parked).toMatchObject([{ error: 'too large', keys: { sk: { S: 'user:2' } } }]);
  });

  test('starts an erasure with its event and one job, and says when it is finished', async () => {
    const erasure = (at: number, state: 'running' | 'done', removed: number) => ({
      erasureId: idAt(at),
      state,
      startedAt: timeAt(at),
      ...(state === 'done' && { finishedAt: timeAt(at + 5) }),
      parts: { follows: { removed, done: state === 'done' } },
    });
    const images = [
      undefined,
      erasure(1, 'running', 0),
      erasure(1, 'running', 7),
      erasure(1, 'done', 7),
      erasure(20, 'running', 0),
    ];
    const changes = images.slice(1).map((after, at): StreamChange => {
      const before = images[at];
      const keys = { ...erasureKey('user:amy') };
      return { keys, ...(before && { before }), ...(after && { after }), atMs: startMs };
    });
    const { published, jobs, parked } = await relay(changes);
    expect(parked).toEqual([]);
    expect(said(published)).toEqual([
      `erasure.started ${timeAt(1)}`,
      `erasure.finished ${timeAt(6)}`,
      `erasure.started ${timeAt(20)}`,
    ]);
    const job = { job: 'erase-follows', ref: 'user:amy', pass: 1 };
    expect(jobs).toEqual([
      { ...job, erasureId: idAt(1) },
      { ...job, erasureId: idAt(20) },
    ]);
  });
});
