import { afterAll, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import {
  allSettled,
  changeHook,
  createHook,
  deleteHooks,
  deliverStored,
  deliveriesOf,
  failuresCounting,
  failuresOf,
  publish,
  publishAll,
  retryFailures,
  storedOf,
} from '../support/e2e/hooks.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import {
  endReceivers,
  idsOf,
  newReceiver,
  posted,
  postedOnce,
  verified,
  verifiedBatch,
} from '../support/e2e/receivers.ts';
import type { ReceivedPost } from '../support/receiver.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

/** Ids of a batch's events, in its order. */
function eventIdsOf({ body }: ReceivedPost): string[] {
  return (JSON.parse(body) as { id: string }[]).map(({ id }) => id);
}

const never = 86_400;

test.concurrent('by size: as many at once, oldest first, under an id of the batch’s own', async () => {
  const ann = await newPerson('size');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url, { delivery: { mode: 'batch', size: 3 } });
  const ids = await publishAll(ann, ['a', 'b', 'c']);
  const post = await postedOnce(receiver);
  expect(verifiedBatch(post, hook.secret)).toMatchObject(
    ids.map((id, at) => ({
      id,
      type: 'article.published',
      data: { article: 'article:welcome', title: ['a', 'b', 'c'][at] },
    })),
  );
  const batchId = post.headers['webhook-id'];
  expect(batchId).toMatch(/^\S+$/u);
  expect(ids).not.toContain(batchId);

  const deliveries = await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered']);
  for (const delivery of deliveries) {
    expect(delivery).toMatchObject({ tries: 1, attempts: [{ status: 200 }] });
  }
  expect(deliveries.map(({ payload }) => payload).toReversed()).toEqual(JSON.parse(post.body));
  expect(await storedOf(ann)).toEqual([]);

  await publishAll(ann, ['d', 'e']);
  await eventually(async () => expect(await storedOf(ann)).toHaveLength(2));
  await throughout(async () => {
    expect(receiver.posts).toHaveLength(1);
    expect(await storedOf(ann)).toMatchObject([
      { status: 'pending', tries: 0, attempts: [], payload: { data: { title: 'e' } } },
      { status: 'pending', tries: 0, attempts: [], payload: { data: { title: 'd' } } },
    ]);
  });
  await publish(ann);
  await posted(receiver, 2);
  expect(eventIdsOf(receiver.posts[1] ?? post)).toHaveLength(3);
  expect(new Set(idsOf(receiver)).size).toBe(2);
});

test.concurrent('by time: what came until then, each once', async () => {
  const ann = await newPerson('time');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url, { delivery: { mode: 'batch', time: 2 } });
  const ids = await Promise.all(Array.from({ length: 12 }, () => publish(ann)));
  await allSettled(
    ann,
    hook.id,
    ids.map(() => 'delivered'),
  );
  const batches = receiver.posts.map((post) => verifiedBatch(post, hook.secret));
  expect(
    batches
      .flat()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(ids.toSorted());
  expect(batches.length).toBeLessThan(ids.length);
  for (const batch of batches) {
    const times = batch.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted());
  }
  // It is one timer after another: a later event gets one of its own.
  const late = await publish(ann);
  await eventually(async () => {
    expect(receiver.posts.map(eventIdsOf).at(-1)).toEqual([late]);
    return Promise.resolve();
  });
});

test.concurrent('by both: whichever comes first, and a flush by size ends the timer', async () => {
  const ann = await newPerson('both');
  const receiver = await newReceiver();
  await createHook(ann, receiver.url, { delivery: { mode: 'batch', size: 2, time: 3 } });
  const [a, b] = await publishAll(ann, ['a', 'b']);
  await posted(receiver, 1);
  const early = await publish(ann, { title: 'c' });
  await posted(receiver, 2);
  // Every event once, whatever was first here.
  const batches = receiver.posts.map(eventIdsOf);
  expect(batches.flat()).toEqual([a, b, early]);
  expect(new Set(idsOf(receiver)).size).toBe(2);
  // Its receiver has a batch a moment before it is on record as posted.
  await eventually(async () => expect(await storedOf(ann)).toEqual([]));
  // The timer is gone: longer than it would last nothing comes.
  await throughout(async () => {
    expect(receiver.posts).toHaveLength(2);
    expect(await storedOf(ann)).toEqual([]);
  });
});

test.concurrent('a failed batch goes again with what came meanwhile', async () => {
  const ann = await newPerson('again');
  let last = '';
  const receiver = await newReceiver(({ body }) => ({
    status: last !== '' && body.includes(last) ? 200 : 500,
  }));
  const hook = await createHook(ann, receiver.url, {
    delivery: { mode: 'batch', size: 2 },
    retry: { retries: 100, retryInterval: 1 },
  });
  const ids = await publishAll(ann, ['a', 'b']);
  await posted(receiver, 1);
  last = await publish(ann, { title: 'c' });
  const deliveries = await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered']);
  const successes = receiver.posts.filter(({ body }) => body.includes(last));
  expect(successes.map(eventIdsOf)).toEqual([[...ids, last]]);
  for (const post of receiver.posts) {
    verifiedBatch(post, hook.secret);
    expect(eventIdsOf(post).slice(0, 2)).toEqual(ids);
  }
  expect(deliveries.at(-1)?.tries).toBe(receiver.posts.length);
  await throughout(async () => {
    expect(receiver.posts.at(-1)?.body).toContain(last);
    expect(await storedOf(ann)).toEqual([]);
  });
});

test.concurrent.each([
  ['after its retries', { retries: 1, retryInterval: 1 }, 2],
  ['at once without any', null, 1],
])(
  'the events of a failed batch are kept as failures %s, and retried singly',
  async (_when, retry, tries) => {
    const ann = await newPerson('kept');
    const receiver = await newReceiver([{ status: 503, body: 'No.' }]);
    const hook = await createHook(ann, receiver.url, {
      delivery: { mode: 'batch', size: 2 },
      retry,
    });
    const ids = await publishAll(ann, ['a', 'b']);
    const failures = await failuresCounting(ann, 2);
    expect(failures.map(({ event }) => event.id).toReversed()).toEqual(ids);
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: 'failed', tries, lastStatus: 503, valid: true });
      expect(failure.attempts.at(-1)).toMatchObject({ status: 503, error: { kind: 'status' } });
    }
    expect(receiver.posts.map(eventIdsOf)).toEqual(Array(tries).fill(ids));
    expect(await storedOf(ann)).toEqual([]);

    receiver.script([{ status: 200 }]);
    expect(await retryFailures(ann, { all: true })).toMatchObject({ accepted: 2 });
    await allSettled(ann, hook.id, ['delivered', 'delivered']);
    const singles = receiver.posts.slice(tries);
    expect(singles.map((post) => verified(post, hook.secret).id).toSorted()).toEqual(
      ids.toSorted(),
    );
    expect(idsOf({ posts: singles }).toSorted()).toEqual(ids.toSorted());
  },
);

test.concurrent('the events of a failed batch are discarded, if the endpoint says so', async () => {
  const ann = await newPerson('discarded');
  const receiver = await newReceiver([{ status: 500 }]);
  const hook = await createHook(ann, receiver.url, {
    delivery: { mode: 'batch', size: 2 },
    onExhausted: 'discard',
  });
  await publishAll(ann, ['a', 'b']);
  await allSettled(ann, hook.id, ['discarded', 'discarded']);
  expect(receiver.posts).toHaveLength(1);
  expect(await failuresOf(ann)).toEqual([]);
  // The next batch begins anew.
  receiver.script([{ status: 200 }]);
  const ids = await publishAll(ann, ['c', 'd']);
  await posted(receiver, 2);
  expect(receiver.posts.slice(1).map(eventIdsOf)).toEqual([ids]);
});

test.concurrent('what is stored is listed, and delivered singly at once, one or all', async () => {
  const [ann, bob] = await newPeople('stored', 2);
  const receiver = await newReceiver();
  const delivery = { mode: 'batch', time: never };
  const hook = await createHook(ann, receiver.url, { delivery });
  const other = await createHook(ann, `${receiver.url}/other`, { delivery, events: ['follow.*'] });
  const ids = await publishAll(ann, ['a', 'b', 'c', 'd']);
  const stored = async (query = {}) =>
    (await storedOf(ann, query)).map(({ event }) => event.id).toReversed();
  await eventually(async () => expect(await stored()).toEqual(ids));
  expect(await stored({ limit: '1' })).toEqual(ids);
  expect(await stored({ hook: hook.id })).toEqual(ids);
  expect(await stored({ target: receiver.url })).toEqual(ids);
  expect(await stored({ hook: other.id })).toEqual([]);
  expect(await stored({ target: other.target })).toEqual([]);
  expect(await storedOf(bob)).toEqual([]);
  expect(await storedOf(bob, { hook: hook.id })).toEqual([]);

  const [first] = (await storedOf(ann)).toReversed();
  const body = { ids: [first?.id ?? ''] };
  expect(await deliverStored(bob, body)).toBe(0);
  const asBob = await call(bob, 'POST', '/hooks/stored/deliver', { body: { hook: hook.id } });
  expect(asBob.status).toBe(404);
  expect(await deliverStored(ann, body)).toBe(1);
  const post = await postedOnce(receiver);
  expect(verified(post, hook.secret)).toMatchObject({ id: ids[0], data: { title: 'a' } });
  expect(post.headers['webhook-id']).toBe(ids[0]);
  await eventually(async () => expect(await stored()).toEqual(ids.slice(1)));

  expect(await deliverStored(ann, { hook: hook.id })).toBe(3);
  await allSettled(
    ann,
    hook.id,
    ids.map(() => 'delivered'),
  );
  expect(idsOf(receiver).toSorted()).toEqual(ids.toSorted());
  expect(await storedOf(ann)).toEqual([]);
  expect(await deliverStored(ann, { hook: hook.id })).toBe(0);
});

test.concurrent('what is stored is held when the endpoint is disabled', async () => {
  const ann = await newPerson('held');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url, { delivery: { mode: 'batch', size: 3 } });
  await publishAll(ann, ['a', 'b']);
  await eventually(async () => expect(await storedOf(ann)).toHaveLength(2));
  await changeHook(ann, hook.id, { enabled: false });
  expect((await deliveriesOf(ann, hook.id)).map(({ status }) => status)).toEqual(['held', 'held']);
  await publish(ann, { title: 'c' });
  await allSettled(ann, hook.id, ['held', 'held', 'held']);
  await changeHook(ann, hook.id, { enabled: true });
  const ids = await publishAll(ann, ['d', 'e', 'f']);
  const post = await postedOnce(receiver);
  expect(eventIdsOf(post)).toEqual(ids);
  await allSettled(ann, hook.id, [...Array<string>(3).fill('delivered'), 'held', 'held', 'held']);
});

test.concurrent('what is stored is posted singly when the endpoint takes batches no more', async () => {
  const ann = await newPerson('mode');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url, { delivery: { mode: 'batch', size: 3 } });
  const ids = await publishAll(ann, ['a', 'b']);
  await eventually(async () => expect(await storedOf(ann)).toHaveLength(2));
  await changeHook(ann, hook.id, { delivery: { mode: 'each' } });
  await allSettled(ann, hook.id, ['delivered', 'delivered']);
  expect(idsOf(receiver).toSorted()).toEqual(ids.toSorted());
});
