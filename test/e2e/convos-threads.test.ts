import { beforeAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  deleteMessage,
  deleteThread,
  messageIds,
  messagesOf,
  reply,
  send,
  threadIds,
  threadOf,
  threadsOf,
} from '../support/e2e/convos.ts';
import type { ListedMessage, Message, Thread } from '../support/e2e/convos.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { pagesOf } from '../support/e2e/walk.ts';

const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

describe('the list of threads', () => {
  let ann: Person;
  let bob: Person;
  let cid: Person;
  /** Newest last message first. */
  const received: string[] = [];
  const sentTo: string[] = [];
  const everything: string[] = [];
  const total = 45;

  beforeAll(async () => {
    [ann, bob, cid] = await newPeople('list', 3);
    for (let turn = 0; turn < total; turn += 1) {
      const other = turn % 2 === 0 ? bob : cid;
      const isSent = turn % 3 === 0;
      const { threadId } = isSent ? await send(ann, other) : await send(other, ann);
      (isSent ? sentTo : received).unshift(threadId);
      everything.unshift(threadId);
    }
    // Some have messages both ways, and are in both folders.
    for (const threadId of everything.slice(5, 20).toReversed()) {
      await reply(ann, threadId);
      everything.splice(everything.indexOf(threadId), 1);
      everything.unshift(threadId);
      if (!sentTo.includes(threadId)) sentTo.push(threadId);
    }
    for (const list of [received, sentTo]) {
      list.sort((a, b) => everything.indexOf(a) - everything.indexOf(b));
    }
  });

  test.each(['1', '7', '20', '44', '45', '100'])(
    'is walked to its end by pages of %s, each thread once',
    async (limit) => {
      expect(await threadIds(ann, { limit })).toEqual(everything);
      expect(await threadIds(ann, { limit, folder: 'inbox' })).toEqual(received);
      expect(await threadIds(ann, { limit, folder: 'outbox' })).toEqual(sentTo);
    },
  );

  test('has twenty items a page unless asked, and no cursor after the last', async () => {
    const pages = await pagesOf<Thread>(ann, '/threads');
    expect(pages.map((items) => items.length)).toEqual([20, 20, 5]);
    const { body } = await call(ann, 'GET', '/threads', { query: { limit: '45' } });
    expect(body['items']).toHaveLength(total);
    expect(body).not.toHaveProperty('nextCursor');
  });

  test('is ordered by the time of the last message', async () => {
    const times = (await threadsOf(ann, { limit: '9' })).map(
      ({ lastMessage }) => lastMessage.sentAt,
    );
    expect(times).toHaveLength(total);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('fits with every thread of it', async () => {
    for (const who of [ann, bob, cid]) expect(await contradictions(who)).toEqual([]);
  });

  test.each(['sent', 'INBOX', 'in box', '', 'all', 'trash'])(
    'of another folder is 400: %j',
    async (folder) => {
      for (const path of ['/threads', `/threads/${everything[0]}`]) {
        const { status, body } = await call(ann, 'GET', path, { query: { folder } });
        expect([path, status]).toEqual([path, 400]);
        expect(body['errors']).toMatchObject([{ path: 'query.folder' }]);
      }
    },
  );
});

describe('a thread', () => {
  test('outside the folder that is asked for is 404', async () => {
    const [ann, bob] = await newPeople('folder', 2);
    const { id, threadId } = await send(ann, bob);
    const statusOf = async (who: Person, folder: string) =>
      (await call(who, 'GET', `/threads/${threadId}`, { query: { folder } })).status;
    expect(await statusOf(ann, 'outbox')).toBe(200);
    expect(await statusOf(ann, 'inbox')).toBe(404);
    expect(await statusOf(bob, 'inbox')).toBe(200);
    expect(await statusOf(bob, 'outbox')).toBe(404);
    const answer = await reply(bob, threadId);
    for (const who of [ann, bob]) {
      for (const folder of ['inbox', 'outbox']) expect(await statusOf(who, folder)).toBe(200);
    }
    await deleteMessage(ann, answer.id);
    expect(await statusOf(ann, 'inbox')).toBe(404);
    expect(await statusOf(ann, 'outbox')).toBe(200);
    await deleteMessage(bob, id);
    expect(await statusOf(bob, 'inbox')).toBe(404);
    expect(await statusOf(bob, 'outbox')).toBe(200);
    expect((await threadOf(bob, threadId, { folder: 'outbox' })).messages).toHaveLength(1);
  });

  test('keeps its place when messages of it are deleted, on either side', async () => {
    const [ann, bob, cid] = await newPeople('place', 3);
    const old = await send(bob, ann);
    const middle = await send(cid, ann);
    const last = await reply(bob, old.threadId, 'I forgot.');
    const order = [old.threadId, middle.threadId];
    expect(await threadIds(ann)).toEqual(order);
    await deleteMessage(ann, last.id);
    // What is left of it is older than the other thread, which changes nothing.
    expect(await threadIds(ann)).toEqual(order);
    expect((await threadOf(ann, old.threadId)).lastMessage.id).toBe(old.id);
    await deleteThread(bob, old.threadId);
    expect(await threadIds(ann)).toEqual(order);
    expect(await threadIds(ann, { limit: '1' })).toEqual(order);
    await reply(ann, middle.threadId);
    expect(await threadIds(ann)).toEqual(order.toReversed());
  });

  test('that is replied to by the other side keeps both sides’ order alike', async () => {
    const [ann, bob, cid] = await newPeople('alike', 3);
    const one = await send(ann, bob);
    const two = await send(ann, cid);
    await reply(bob, one.threadId);
    expect(await threadIds(ann, { folder: 'outbox' })).toEqual([one.threadId, two.threadId]);
    await reply(cid, two.threadId);
    expect(await threadIds(ann, { folder: 'outbox' })).toEqual([two.threadId, one.threadId]);
  });

  test('comes with its twenty newest messages, as its list gives them', async () => {
    const [ann, bob] = await newPeople('newest', 2);
    const { threadId } = await send(ann, bob);
    for (let turn = 0; turn < 21; turn += 1) await reply(turn % 2 ? ann : bob, threadId);
    const { messages, ...entry } = await threadOf(ann, threadId);
    expect(messages).toEqual((await messagesOf(ann, threadId)).slice(0, 20));
    expect(entry).toMatchObject({ messageCount: 22, unreadCount: 11 });
    expect(await threadsOf(ann)).toEqual([entry]);
  });
});

describe('the messages of a thread', () => {
  let ann: Person;
  let bob: Person;
  /** Oldest first. */
  const messages: Message[] = [];
  const total = 43;
  const path = () => `/threads/${messages[0]?.threadId}/messages`;

  beforeAll(async () => {
    [ann, bob] = await newPeople('messages', 2);
    messages.push(await send(ann, bob, { body: 'No. 0' }));
    while (messages.length < total) {
      const who = messages.length % 3 ? bob : ann;
      messages.push(await reply(who, messages[0]?.threadId ?? '', `No. ${messages.length}`));
    }
  });

  test.each(['1', '4', '20', '43', '100'])(
    'are walked to the end by pages of %s in both orders, each once',
    async (limit) => {
      for (const who of [ann, bob]) {
        for (const more of [{}, { body: 'full' }]) {
          const query = { limit, ...more };
          const threadId = messages[0]?.threadId ?? '';
          expect(await messageIds(who, threadId, query)).toEqual(ids(messages.toReversed()));
          expect(await messageIds(who, threadId, { ...query, order: 'desc' })).toEqual(
            ids(messages.toReversed()),
          );
          expect(await messageIds(who, threadId, { ...query, order: 'asc' })).toEqual(
            ids(messages),
          );
        }
      }
    },
  );

  test('are given with an excerpt, or with their body when asked', async () => {
    const { body } = await call<{ items: ListedMessage[] }>(bob, 'GET', path(), {
      query: { order: 'asc', limit: '2' },
    });
    const listed = messages.slice(0, 2).map(({ id, sender, recipient, sentAt }) => ({
      id,
      sender,
      recipient,
      sentAt,
      isRead: false,
    }));
    expect(body.items).toEqual(
      listed.map((one, index) => ({ ...one, bodyExcerpt: `No. ${index}` })),
    );
    const full = await call<{ items: ListedMessage[] }>(bob, 'GET', path(), {
      query: { order: 'asc', limit: '2', body: 'full' },
    });
    expect(full.body.items).toEqual(listed.map((one, index) => ({ ...one, body: `No. ${index}` })));
  });

  test.each(['excerpt', 'FULL', '', 'true'])('are not given by ?body=%s', async (body) => {
    const answer = await call(bob, 'GET', path(), { query: { body } });
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ path: 'query.body' }]);
  });

  test('keep their place when others come and go while they are walked', async () => {
    const [eve, fay] = await newPeople('moving', 2);
    const { threadId, id } = await send(eve, fay);
    const list = [id];
    for (let turn = 0; turn < 6; turn += 1) list.unshift((await reply(eve, threadId)).id);
    const read = async (query: Record<string, string>) =>
      (
        await call<{ items: ListedMessage[]; nextCursor: string }>(
          fay,
          'GET',
          `/threads/${threadId}/messages`,
          { query: { limit: '3', ...query } },
        )
      ).body;
    const first = await read({});
    await reply(eve, threadId, 'Too late for this walk.');
    // The message that the cursor stands at, and the one behind it.
    for (const gone of [list[2], list[3]]) await deleteMessage(fay, gone ?? '');
    const rest = await read({ cursor: first.nextCursor });
    expect(ids(first.items)).toEqual(list.slice(0, 3));
    expect(ids(rest.items)).toEqual(list.slice(4));
  });

  test('of a thread that was deleted meanwhile are 404', async () => {
    const [eve, fay] = await newPeople('deleted', 2);
    const { threadId } = await send(eve, fay);
    await reply(eve, threadId);
    const page = `/threads/${threadId}/messages`;
    const { body } = await call<{ nextCursor: string }>(fay, 'GET', page, {
      query: { limit: '1' },
    });
    await deleteThread(fay, threadId);
    const query = { limit: '1', cursor: body.nextCursor };
    expect((await call(fay, 'GET', page, { query })).status).toBe(404);
  });
});

test('threads that come up while the list is walked are not given twice', async () => {
  const reader = await newPerson('walker');
  const [bob] = await newPeople('writers', 2);
  const threads: string[] = [];
  for (let turn = 0; turn < 6; turn += 1) threads.unshift((await send(bob, reader)).threadId);
  const page = async (query: Record<string, string>) =>
    (
      await call<{ items: Thread[]; nextCursor: string }>(reader, 'GET', '/threads', {
        query: { limit: '3', ...query },
      })
    ).body;
  const first = await page({});
  // One that was given and one that was not: both have a new last message now.
  for (const moved of [threads[1], threads[4]]) await reply(bob, moved ?? '');
  const rest = await page({ cursor: first.nextCursor });
  expect(first.items.map(({ id }) => id)).toEqual(threads.slice(0, 3));
  expect(rest.items.map(({ id }) => id)).toEqual([threads[3], threads[5]]);
});
