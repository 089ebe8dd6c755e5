import { afterAll, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { sequitur } from '../support/e2e/command-line.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import {
  allSettled,
  changeHook,
  createHook,
  deleteFailures,
  deleteHooks,
  deliveriesOf,
  deliveryOf,
  failuresCounting,
  failuresOf,
  noRetries,
  publish,
  publishAll,
  retryFailures,
  settled,
} from '../support/e2e/hooks.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { closedPort, endReceivers, idsOf, newReceiver, posted } from '../support/e2e/receivers.ts';
import { fieldsOf } from '../support/e2e/refusal.ts';
import { follow } from '../support/e2e/timelines.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

/**
 * Three failures: two articles at an endpoint that answers 500, a follow where nobody answers. Newest
 * first these are the follow, the second article, the first.
 */
async function withFailures(who: Person) {
  const receiver = await newReceiver([{ status: 500 }]);
  const broken = await createHook(who, `${receiver.url}/broken`, { retry: noRetries });
  const dead = await createHook(who, `http://127.0.0.1:${await closedPort()}/dead`, {
    events: ['follow.*'],
    retry: noRetries,
  });
  const [firstEvent = '', secondEvent = ''] = await publishAll(who, ['first', 'second']);
  await follow(who, 'project:x');
  const failures = await failuresCounting(who, 3);
  const ids = failures.map(({ id }) => id);
  const [followed = '', second = '', first = ''] = ids;
  return { receiver, broken, dead, firstEvent, secondEvent, ids, followed, second, first };
}

test.concurrent('failures are listed by each filter, to their owner and to admin', async () => {
  const operator = await admin();
  const [ann, bob] = await newPeople('filters', 2);
  const { broken, dead, ids, followed, second, first } = await withFailures(ann);
  const idsBy = async (query: Record<string, string>, who = ann) =>
    (await failuresOf(who, query)).map(({ id }) => id);

  for (const limit of ['1', '2', '100']) expect(await idsBy({ limit })).toEqual(ids);
  expect(await idsBy({ hook: broken.id })).toEqual([second, first]);
  expect(await idsBy({ event: 'follow.created' })).toEqual([followed]);
  expect(await idsBy({ event: 'follow.deleted' })).toEqual([]);
  expect(await idsBy({ target: dead.target })).toEqual([followed]);
  expect(await idsBy({ target: 'http://127.0.0.1:1/' })).toEqual([]);
  expect(await idsBy({ status: '500' })).toEqual([second, first]);
  expect(await idsBy({ status: 'none' })).toEqual([followed]);
  expect(await idsBy({ status: '404' })).toEqual([]);
  expect(await idsBy({ owner: ann.ref })).toEqual(ids);
  expect(await idsBy({ valid: 'true' })).toEqual(ids);
  expect(await idsBy({ valid: 'false' })).toEqual([]);
  expect(await idsBy({ failedBefore: '2026-01-01T00:00:00Z' })).toEqual([]);
  expect(await idsBy({ failedBefore: '2999-01-01T00:00:00Z' })).toEqual(ids);
  expect(await idsBy({ status: '500', event: 'follow.created' })).toEqual([]);
  expect(await idsBy({ status: '500', hook: broken.id, limit: '1' })).toEqual([second, first]);

  expect(await idsBy({ owner: ann.ref }, operator)).toEqual(ids);
  expect(await idsBy({ limit: '100' }, operator)).toEqual(expect.arrayContaining(ids));
  expect(await idsBy({}, bob)).toEqual([]);
  expect(await idsBy({ hook: broken.id }, bob)).toEqual([]);
  const others = await call(bob, 'GET', '/hooks/failures', { query: { owner: ann.ref } });
  expect(others.status).toBe(403);
});

test.concurrent('a retry is one try: of one failure, of those of a filter, of all', async () => {
  const ann = await newPerson('retry');
  const { receiver, broken, firstEvent, secondEvent, followed, second, first } =
    await withFailures(ann);
  await posted(receiver, 2);

  // It fails again: still on record, with one try more.
  expect(await retryFailures(ann, { ids: [first] })).toEqual({ accepted: 1, more: false });
  await posted(receiver, 3);
  await eventually(async () => {
    expect(await deliveryOf(ann, first)).toMatchObject({ status: 'failed', tries: 2 });
    expect((await failuresOf(ann)).map(({ id }) => id)).toEqual([followed, second, first]);
  });

  receiver.script([{ status: 200 }]);
  expect(await retryFailures(ann, { ids: [first, 'del_x'] })).toMatchObject({ accepted: 1 });
  await eventually(async () => {
    expect(await deliveryOf(ann, first)).toMatchObject({ status: 'delivered', tries: 3 });
    expect((await failuresOf(ann)).map(({ id }) => id)).toEqual([followed, second]);
  });
  expect(await retryFailures(ann, { ids: [first] })).toEqual({ accepted: 0, more: false });

  expect(await retryFailures(ann, { event: 'message.sent' })).toMatchObject({ accepted: 0 });
  expect(await retryFailures(ann, { hook: broken.id, status: 500 })).toMatchObject({
    accepted: 1,
  });
  await eventually(async () => {
    expect((await failuresOf(ann)).map(({ id }) => id)).toEqual([followed]);
  });
  expect(idsOf(receiver).toSorted()).toEqual(
    [firstEvent, firstEvent, firstEvent, secondEvent, secondEvent].toSorted(),
  );
  const bodies = receiver.posts.map(({ body }) => body);
  expect(new Set(bodies).size).toBe(2);

  expect(await retryFailures(ann, { all: true })).toEqual({ accepted: 1, more: false });
  await eventually(async () => {
    expect(await deliveryOf(ann, followed)).toMatchObject({ status: 'failed', tries: 2 });
  });
  await throughout(async () => {
    expect(await deliveryOf(ann, followed)).toMatchObject({ status: 'failed', tries: 2 });
  });
});

test.concurrent('only what the endpoint still stands for is retried', async () => {
  const ann = await newPerson('valid');
  const { receiver, broken, dead, ids, followed, second, first } = await withFailures(ann);
  const elsewhere = await newReceiver();
  const validity = async () => (await failuresOf(ann)).map(({ id, valid }) => [id, valid]);

  await changeHook(ann, broken.id, { target: elsewhere.url });
  expect(await validity()).toEqual([
    [followed, true],
    [second, false],
    [first, false],
  ]);
  expect(await failuresOf(ann, { valid: 'false' })).toHaveLength(2);
  expect(await failuresOf(ann, { valid: 'true' })).toMatchObject([{ id: followed }]);
  expect(await retryFailures(ann, { ids: [first, second] })).toMatchObject({ accepted: 0 });
  expect(await retryFailures(ann, { hook: broken.id })).toMatchObject({ accepted: 0 });

  await changeHook(ann, broken.id, { target: broken.target, events: ['follow.*'] });
  expect((await validity()).slice(1)).toEqual([
    [second, false],
    [first, false],
  ]);
  await changeHook(ann, broken.id, { events: ['article.*'] });
  expect(await validity()).toEqual(ids.map((id) => [id, true]));

  // Valid, but disabled: a retry would have nowhere to go.
  await changeHook(ann, broken.id, { enabled: false });
  expect(await retryFailures(ann, { hook: broken.id })).toMatchObject({ accepted: 0 });
  await changeHook(ann, broken.id, { enabled: true });

  expect((await call(ann, 'DELETE', `/hooks/${dead.id}`)).status).toBe(204);
  expect((await validity())[0]).toEqual([followed, false]);
  expect(await retryFailures(ann, { ids: [followed] })).toMatchObject({ accepted: 0 });

  receiver.script([{ status: 200 }]);
  expect(await retryFailures(ann, { all: true })).toEqual({ accepted: 2, more: false });
  await allSettled(ann, broken.id, ['delivered', 'delivered']);
  expect(elsewhere.posts).toEqual([]);
});

test.concurrent('failures are deleted by filter, or all', async () => {
  const [ann, bob] = await newPeople('delete', 2);
  const { broken, ids, followed } = await withFailures(ann);
  expect(await deleteFailures(bob, { all: 'true' })).toEqual({ accepted: 0, more: false });
  expect(await deleteFailures(ann, { status: '404' })).toEqual({ accepted: 0, more: false });
  expect((await failuresOf(ann)).map(({ id }) => id)).toEqual(ids);
  expect(await deleteFailures(ann, { hook: broken.id })).toEqual({ accepted: 2, more: false });
  expect((await failuresOf(ann)).map(({ id }) => id)).toEqual([followed]);
  expect(await deliveriesOf(ann, broken.id)).toEqual([]);
  expect(await deleteFailures(ann, { all: 'true' })).toEqual({ accepted: 1, more: false });
  expect(await failuresOf(ann)).toEqual([]);
  expect((await call(ann, 'GET', `/deliveries/${followed}`)).status).toBe(404);
});

test.concurrent('others’ failures are none of one’s own', async () => {
  const [ann, bob] = await newPeople('others', 2);
  const { receiver, broken, ids, first } = await withFailures(ann);
  for (const body of [{ ids }, { hook: broken.id }, { all: true }]) {
    expect(await retryFailures(bob, body)).toEqual({ accepted: 0, more: false });
  }
  expect(await deleteFailures(bob, { hook: broken.id })).toMatchObject({ accepted: 0 });
  const body = { owner: ann.ref };
  expect((await call(bob, 'POST', '/hooks/failures/retry', { body })).status).toBe(403);
  expect((await call(bob, 'DELETE', '/hooks/failures', { query: body })).status).toBe(403);
  expect((await call(bob, 'GET', `/deliveries/${first}`)).status).toBe(404);
  expect(await failuresOf(ann)).toHaveLength(3);
  expect(receiver.posts).toHaveLength(2);
});

test.concurrent('a call that says not which failures is 400', async () => {
  const ann = await newPerson('which');
  expect((await call(ann, 'POST', '/hooks/failures/retry', { body: {} })).status).toBe(400);
  expect((await call(ann, 'DELETE', '/hooks/failures')).status).toBe(400);
  for (const [body, field] of [
    [{ all: false }, 'body.all'],
    [{ ids: [] }, 'body.ids'],
    [{ status: 'lost' }, 'body.status'],
    [{ valid: 'true' }, 'body.valid'],
    [{ owner: 'planet:7' }, 'body.owner'],
  ] as const) {
    const answer = await call(ann, 'POST', '/hooks/failures/retry', { body });
    expect(fieldsOf(answer)).toEqual([400, field]);
  }
});

test.concurrent('`hooks retry-failed` retries all of the caller’s and says how many', async () => {
  const ann = await newPerson('command');
  const receiver = await newReceiver([{ status: 500 }]);
  const hook = await createHook(ann, receiver.url, { retry: noRetries });
  await publishAll(ann, ['first', 'second']);
  await failuresCounting(ann, 2);
  receiver.script([{ status: 200 }]);
  const done = await sequitur(ann, 'hooks', 'retry-failed');
  expect(done).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Retried 2 failed webhooks'),
  });
  await allSettled(ann, hook.id, ['delivered', 'delivered']);
  const nothing = await sequitur(ann, 'hooks', 'retry-failed');
  expect(nothing).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Retried 0 failed webhooks'),
  });
});

test.concurrent('what a deleted endpoint still had to post is discarded', async () => {
  const ann = await newPerson('deleted');
  const receiver = await newReceiver([{ status: 500 }]);
  const hook = await createHook(ann, receiver.url, { retry: { retries: 1, retryInterval: 2 } });
  await publish(ann);
  await posted(receiver, 1);
  const { id } = await settled(ann, hook.id, 'pending');
  expect((await call(ann, 'DELETE', `/hooks/${hook.id}`)).status).toBe(204);
  await throughout(async () => {
    expect((await deliveryOf(ann, id)).status).toBe('discarded');
    expect(receiver.posts).toHaveLength(1);
  });
});
