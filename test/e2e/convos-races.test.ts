import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  block,
  messageIds,
  readMessage,
  readThread,
  reply,
  replying,
  send,
  sending,
  threadIds,
  threadOf,
  unreadMessage,
  unreadOf,
} from '../support/e2e/convos.ts';
import type { Message } from '../support/e2e/convos.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

const none = { count: 0, threads: 0 };

async function fits(...people: Person[]): Promise<void> {
  for (const who of people) expect(await contradictions(who)).toEqual([]);
}

async function tenMessages(): Promise<{ ann: Person; bob: Person; messages: Message[] }> {
  const [ann, bob] = await newPeople('own', 2);
  const messages = [await send(ann, bob)];
  while (messages.length < 10) messages.push(await reply(ann, messages[0]?.threadId ?? ''));
  return { ann, bob, messages };
}

describe('replies at the same moment', () => {
  test('from both sides all land, ten of each', async () => {
    const [ann, bob] = await newPeople('both', 2);
    const { id, threadId } = await send(ann, bob);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => replying(at % 2 ? ann : bob, threadId, `No. ${at}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const byTime = answers
      .map(({ body }) => body)
      .toSorted((a, b) => (a.sentAt < b.sentAt ? 1 : -1))
      .map((message) => message.id);
    expect(new Set(byTime).size).toBe(20);
    for (const who of [ann, bob]) {
      expect(await messageIds(who, threadId, { limit: '100' })).toEqual([...byTime, id]);
      expect(await threadOf(who, threadId)).toMatchObject({
        messageCount: 21,
        unreadCount: who === ann ? 10 : 11,
        lastMessage: { id: byTime[0] },
      });
    }
    expect(await unreadOf(ann)).toEqual({ count: 10, threads: 1 });
    expect(await unreadOf(bob)).toEqual({ count: 11, threads: 1 });
    await fits(ann, bob);
  });

  test('of two, one from each side, both land, ten times', async () => {
    const pairs = await Promise.all(Array.from({ length: 10 }, () => newPeople('pair', 2)));
    const threads = await Promise.all(pairs.map(([ann, bob]) => send(ann, bob)));
    const answers = await Promise.all(
      pairs.flatMap((pair, at) =>
        pair.map((who) => replying(who, threads[at]?.threadId ?? '', 'At once.')),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    for (const [at, [ann, bob]] of pairs.entries()) {
      const threadId = threads[at]?.threadId ?? '';
      const list = await messageIds(ann, threadId);
      expect(list).toHaveLength(3);
      expect(await messageIds(bob, threadId)).toEqual(list);
      expect(await unreadOf(ann)).toEqual({ count: 1, threads: 1 });
      expect(await unreadOf(bob)).toEqual({ count: 2, threads: 1 });
    }
  });

  test('as the other side deletes the thread leave it either without them or with them', async () => {
    const [ann, bob] = await newPeople('deleted', 2);
    const { id, threadId } = await send(ann, bob);
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => replying(ann, threadId)),
      call(bob, 'DELETE', `/threads/${threadId}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201, 204]);
    expect(await messageIds(ann, threadId)).toHaveLength(7);
    const kept = (await threadIds(bob)).length === 0 ? [] : await messageIds(bob, threadId);
    expect(kept).not.toContain(id);
    // What came before the deletion is gone, what came after it is there: the newest, without a gap.
    expect(kept).toEqual((await messageIds(ann, threadId)).slice(0, kept.length));
    expect((await unreadOf(bob)).count).toBe(kept.length);
    await fits(ann, bob);
  });
});

test('new threads of many senders to one user at once all land and are counted', async () => {
  const star = await newPerson('star');
  const fans = await Promise.all(Array.from({ length: 20 }, () => newPerson('fan')));
  const answers = await Promise.all(fans.map((fan) => sending(fan, star)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
  expect((await threadIds(star, { limit: '100' })).toSorted()).toEqual(
    answers.map(({ body }) => body.threadId).toSorted(),
  );
  expect(await unreadOf(star)).toEqual({ count: 20, threads: 20 });
  await fits(star);
});

describe('one’s own thread', () => {
  test('read message by message at once is read, and nothing is counted twice', async () => {
    const { ann, bob, messages } = await tenMessages();
    await Promise.all(messages.flatMap(({ id }) => [readMessage(bob, id), readMessage(bob, id)]));
    expect(await unreadOf(bob)).toEqual(none);
    await Promise.all(messages.map(({ id }) => unreadMessage(bob, id)));
    expect(await unreadOf(bob)).toEqual({ count: 10, threads: 1 });
    await fits(ann, bob);
  });

  test('read as a whole twenty times at once, while replies come, is counted right', async () => {
    const { ann, bob, messages } = await tenMessages();
    const threadId = messages[0]?.threadId ?? '';
    await Promise.all([
      ...Array.from({ length: 10 }, () => readThread(bob, threadId)),
      ...Array.from({ length: 5 }, () => reply(ann, threadId)),
    ]);
    await fits(ann, bob);
    await readThread(bob, threadId);
    expect(await unreadOf(bob)).toEqual(none);
  });

  test('deleted message by message at once is gone, and nothing is counted below zero', async () => {
    const { ann, bob, messages } = await tenMessages();
    const answers = await Promise.all(
      messages.flatMap(({ id }) => [
        call(bob, 'DELETE', `/messages/${id}`),
        call(bob, 'DELETE', `/messages/${id}`),
      ]),
    );
    const statuses = answers.map(({ status }) => status);
    // Of two who delete the same one, the later may find it deleted, or be told that it is.
    expect(statuses.filter((status) => status !== 204 && status !== 404)).toEqual([]);
    for (let at = 0; at < 20; at += 2) expect(statuses.slice(at, at + 2)).toContain(204);
    expect(await unreadOf(bob)).toEqual(none);
    expect(await threadIds(bob)).toEqual([]);
    expect(await threadOf(ann, messages[0]?.threadId ?? '')).toMatchObject({ messageCount: 10 });
    await fits(ann, bob);
  });

  test('read, unread, deleted and replied to at once is counted as what is left', async () => {
    const { ann, bob, messages } = await tenMessages();
    const threadId = messages[0]?.threadId ?? '';
    const ids = messages.map(({ id }) => id);
    const statuses = await Promise.all(
      [
        ...ids.slice(0, 5).map((id) => call(bob, 'POST', `/messages/${id}/read`)),
        ...ids.slice(3, 7).map((id) => call(bob, 'POST', `/messages/${id}/unread`)),
        ...ids.slice(6).map((id) => call(bob, 'DELETE', `/messages/${id}`)),
        ...ids.slice(0, 2).map((id) => call(ann, 'DELETE', `/messages/${id}`)),
        call(bob, 'POST', `/threads/${threadId}/read`),
        replying(bob, threadId),
        replying(ann, threadId),
      ].map(async (answer) => (await answer).status),
    );
    // Of the seventh message one may come after its deletion.
    expect(statuses.filter((status) => status >= 300 && status !== 404)).toEqual([]);
    expect(statuses.filter((status) => status === 404).length).toBeLessThanOrEqual(1);
    expect(await messageIds(bob, threadId)).toHaveLength(8);
    expect(await messageIds(ann, threadId)).toHaveLength(10);
    await fits(ann, bob);
  });
});

test('a block that is set while messages are sent lets none through once it was answered', async () => {
  const [ann, bob] = await newPeople('block', 2);
  const { threadId } = await send(ann, bob);
  const progress = { isBlocked: false };
  const setting = async () => {
    try {
      await block(bob, ann);
    } finally {
      progress.isBlocked = true;
    }
  };
  const writing = async () => {
    const seen: { afterwards: boolean; status: number }[] = [];
    while (!seen.at(-1)?.afterwards) {
      const afterwards = progress.isBlocked;
      seen.push({ afterwards, status: (await replying(ann, threadId)).status });
    }
    return seen;
  };
  const [, ...answers] = await Promise.all([setting(), writing(), writing(), writing(), writing()]);
  const seen = answers.flat();
  expect(seen.filter(({ status }) => status !== 201 && status !== 403)).toEqual([]);
  expect(seen.filter(({ afterwards, status }) => afterwards && status === 201)).toEqual([]);
  const passed = seen.filter(({ status }) => status === 201).length;
  expect(await messageIds(bob, threadId, { limit: '100' })).toHaveLength(1 + passed);
  await fits(ann, bob);
});

test('a block set and lifted by many at once is either there or not', async () => {
  const [ann, bob] = await newPeople('flicker', 2);
  const path = `/convos/blocks/${bob.ref}`;
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call<{ since: string }>(ann, 'PUT', path)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(new Set(answers.map(({ body }) => body.since)).size).toBe(1);
  const lifted = await Promise.all(Array.from({ length: 10 }, () => call(ann, 'DELETE', path)));
  expect(lifted.map(({ status }) => status)).toEqual(Array(10).fill(204));
  expect((await call(ann, 'GET', '/convos/blocks')).body).toEqual({ items: [] });
  await send(ann, bob);
});

test('deleting on both sides at once leaves nothing on either', async () => {
  const [ann, bob] = await newPeople('mutual', 2);
  const first = await send(ann, bob);
  const second = await reply(bob, first.threadId);
  const answers = await Promise.all([
    call(ann, 'DELETE', `/messages/${first.id}`),
    call(bob, 'DELETE', `/messages/${first.id}`),
    call(ann, 'DELETE', `/messages/${second.id}`),
    call(bob, 'DELETE', `/threads/${first.threadId}`),
  ]);
  // Bob's message may have gone with its thread.
  const [annsFirst, bobsFirst, annsSecond, bobsThread] = answers.map(({ status }) => status);
  expect([annsFirst, annsSecond, bobsThread]).toEqual([204, 204, 204]);
  expect([204, 404]).toContain(bobsFirst);
  for (const who of [ann, bob]) {
    expect(await threadIds(who)).toEqual([]);
    expect(await unreadOf(who)).toEqual(none);
  }
});
