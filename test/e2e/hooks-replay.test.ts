import { afterAll, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import {
  allSettled,
  changeHook,
  createHook,
  deleteHooks,
  deliveriesOf,
  hookOf,
  ping,
  publish,
  publishAll,
  noRetries,
  replay,
  rotateSecret,
  settled,
} from '../support/e2e/hooks.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import {
  endReceivers,
  idsOf,
  isSignedBy,
  newReceiver,
  posted,
  postedOnce,
  signaturesOf,
  verified,
} from '../support/e2e/receivers.ts';
import type { ReceivedPost, Receiver } from '../support/receiver.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

const longAgo = '2026-01-01T00:00:00Z';

test.concurrent('what is held while disabled is sent when asked for only, with its own ids', async () => {
  const ann = await newPerson('held');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url);
  const before = await publish(ann, { title: 'before' });
  await allSettled(ann, hook.id, ['delivered']);
  await changeHook(ann, hook.id, { enabled: false });
  const held = await publishAll(ann, ['first', 'second']);
  await allSettled(ann, hook.id, ['held', 'held', 'delivered']);
  expect((await call(ann, 'POST', `/hooks/${hook.id}/ping`)).status).toBe(409);
  const refused = await call(ann, 'POST', `/hooks/${hook.id}/replay`, { body: { since: longAgo } });
  expect(refused.status).toBe(409);

  await changeHook(ann, hook.id, { enabled: true });
  await throughout(async () => {
    expect(idsOf(receiver)).toEqual([before]);
    const statuses = (await deliveriesOf(ann, hook.id)).map(({ status }) => status);
    expect(statuses).toEqual(['held', 'held', 'delivered']);
  });
  const onlyHeld = await deliveriesOf(ann, hook.id, { status: 'held' });
  expect(onlyHeld.map(({ event }) => event.id).toReversed()).toEqual(held);

  expect(await replay(ann, hook.id, { since: longAgo, onlyFailed: true })).toEqual({
    accepted: 2,
    more: false,
  });
  await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered']);
  expect(idsOf(receiver).slice(1).toSorted()).toEqual(held.toSorted());
  // Nothing is left that was not delivered.
  expect(await replay(ann, hook.id, { since: longAgo, onlyFailed: true })).toMatchObject({
    accepted: 0,
  });
});

test.concurrent('a range is replayed with the same bytes, its end excluded', async () => {
  const ann = await newPerson('range');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url);
  const ids = await publishAll(ann, ['a', 'b', 'c']);
  const deliveries = await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered']);
  const [c = '', b = '', a = ''] = deliveries.map(({ payload }) => payload.timestamp);
  const range = { since: a, until: c };
  expect(await replay(ann, hook.id, range)).toEqual({ accepted: 2, more: false });
  await posted(receiver, 5);
  expect(await replay(ann, hook.id, { since: c })).toMatchObject({ accepted: 1 });
  await posted(receiver, 6);
  expect(await replay(ann, hook.id, { since: b, until: b })).toMatchObject({ accepted: 0 });
  expect(await replay(ann, hook.id, { since: '2999-01-01T00:00:00Z' })).toMatchObject({
    accepted: 0,
  });
  await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered']);
  expect(idsOf(receiver).toSorted()).toEqual([...ids, ...ids].toSorted());
  expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(3);
  for (const post of receiver.posts) verified(post, hook.secret);
  for (const { tries } of await deliveriesOf(ann, hook.id)) expect(tries).toBe(2);
});

test.concurrent('only failed ones are replayed when asked so, with their whole schedule', async () => {
  const ann = await newPerson('failed');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url, { retry: { retries: 1, retryInterval: 1 } });
  const good = await publish(ann);
  await settled(ann, hook.id, 'delivered');
  receiver.script([{ status: 500 }]);
  const bad = await publish(ann);
  await allSettled(ann, hook.id, ['failed', 'delivered']);
  receiver.script([{ status: 500 }, { status: 200 }]);
  expect(await replay(ann, hook.id, { since: longAgo, onlyFailed: true })).toMatchObject({
    accepted: 1,
  });
  const [delivery] = await allSettled(ann, hook.id, ['delivered', 'delivered']);
  expect(delivery).toMatchObject({ tries: 4, event: { id: bad } });
  expect(idsOf(receiver)).toEqual([good, bad, bad, bad, bad]);
});

test.concurrent('held events of an endpoint with batches are replayed singly', async () => {
  const ann = await newPerson('batch');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url, { delivery: { mode: 'batch', size: 100 } });
  await changeHook(ann, hook.id, { enabled: false });
  const ids = await publishAll(ann, ['a', 'b']);
  await allSettled(ann, hook.id, ['held', 'held']);
  await changeHook(ann, hook.id, { enabled: true });
  expect(await replay(ann, hook.id, { since: longAgo })).toMatchObject({ accepted: 2 });
  await allSettled(ann, hook.id, ['delivered', 'delivered']);
  expect(idsOf(receiver).toSorted()).toEqual(ids.toSorted());
});

test.concurrent('a ping is posted at once, whatever the mode, and is no event of the bus', async () => {
  const [ann, bob] = await newPeople('ping', 2);
  const modes = [{ mode: 'each' }, { mode: 'each', ordered: true }, { mode: 'batch', size: 9 }];
  for (const delivery of modes) {
    const receiver = await newReceiver();
    const hook = await createHook(ann, receiver.url, {
      delivery,
      retry: noRetries,
      events: ['article.published', '*'],
    });
    const id = await ping(ann, hook.id);
    const post = await postedOnce(receiver);
    expect(post.headers['webhook-id']).toBe(id);
    expect(verified(post, hook.secret)).toMatchObject({
      id,
      type: 'ping',
      data: { hook: hook.id },
    });
    expect(await settled(ann, hook.id, 'delivered')).toMatchObject({ event: { id, type: 'ping' } });
    expect((await call(bob, 'POST', `/hooks/${hook.id}/ping`)).status).toBe(404);
  }
});

/** The post of a ping that is made now. */
async function pinged(who: Person, hook: string, receiver: Receiver): Promise<ReceivedPost> {
  const id = await ping(who, hook);
  await eventually(async () => {
    expect(idsOf(receiver)).toContain(id);
    return Promise.resolve();
  });
  const post = receiver.posts.find(({ headers }) => headers['webhook-id'] === id);
  if (!post) throw new Error(`${id} was not posted`);
  return post;
}

test.concurrent('secrets sign together while they overlap, three at most', async () => {
  const ann = await newPerson('rotate');
  const receiver = await newReceiver();
  const hook = await createHook(ann, receiver.url);
  const secrets = [hook.secret];
  const signers = async () => {
    const post = await pinged(ann, hook.id, receiver);
    const live = secrets.filter((secret) => isSignedBy(post, secret));
    expect(signaturesOf(post)).toHaveLength(live.length);
    return live;
  };
  expect(await signers()).toEqual(secrets);
  for (let turn = 0; turn < 3; turn += 1) {
    secrets.push(await rotateSecret(ann, hook.id, turn === 0 ? undefined : 600));
    expect(await signers()).toEqual(secrets.slice(-3));
  }
  secrets.push(await rotateSecret(ann, hook.id, 0));
  expect(await signers()).toEqual(secrets.slice(-1));
  expect(new Set(secrets).size).toBe(5);
  expect(JSON.stringify(await hookOf(ann, hook.id))).not.toContain('whsec_');
  // Shorter than this takes, so it ends by itself.
  secrets.push(await rotateSecret(ann, hook.id, 1));
  await throughout(async () => Promise.resolve());
  expect(await signers()).toEqual(secrets.slice(-1));
});
