import { beforeEach, describe, expect, test } from '@jest/globals';
import { deleteThread } from '../../../lambdas/convos/endpoints.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import {
  amy,
  askReply,
  askStart,
  bob,
  cat,
  messagesOf,
  on,
  reply,
  start,
  textsOf,
  threadOf,
  threadsOf,
  unreadOf,
} from '../../support/convos-people.ts';
import {
  answerLost,
  diesAfter,
  diesBefore,
  faultAt,
  meanwhile,
  refused,
  together,
} from '../../support/convos-races.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
beforeEach(() => {
  app = new ConvosApp();
});

const seeds = Array.from({ length: 25 }, (_, seed) => seed);
const fits = async (users = [amy, bob]) =>
  expect(await contradictions(app.stores, users)).toEqual([]);

describe('a new thread', () => {
  test('is with its sender and its recipient, unread by the recipient alone', async () => {
    const message = await start(app, amy, bob, { subject: 'Lunch?', body: 'At noon.' });
    const { id, threadId, sentAt } = message;
    expect(message).toEqual({
      id: threadId.replace('thr_', 'msg_'),
      threadId: expect.stringMatching(/^thr_/),
      sender: amy,
      recipient: bob,
      subject: 'Lunch?',
      body: 'At noon.',
      sentAt: '2026-11-21T10:30:00.000Z',
      isRead: false,
    });
    const seen = (other: string, unreadCount: number) => ({
      id: threadId,
      subject: 'Lunch?',
      with: other,
      lastMessage: { id, sender: amy, bodyExcerpt: 'At noon.', sentAt, isRead: false },
      unreadCount,
      messageCount: 1,
    });
    expect(await threadsOf(app, amy, 'outbox')).toEqual([seen(bob, 0)]);
    expect(await threadsOf(app, amy, 'inbox')).toEqual([]);
    expect(await threadsOf(app, bob, 'inbox')).toEqual([seen(amy, 1)]);
    expect(await threadsOf(app, bob, 'outbox')).toEqual([]);
    expect(await threadsOf(app, cat)).toEqual([]);
    expect([await unreadOf(app, amy), await unreadOf(app, bob)]).toEqual([
      { count: 0, threads: 0 },
      { count: 1, threads: 1 },
    ]);
    await fits();
  });

  test('is another one each time, also with the same text', async () => {
    const first = await start(app, amy, bob);
    app.clock.advance(1);
    const second = await start(app, amy, bob);
    const ids = [first.threadId, second.threadId];
    expect((await threadsOf(app, bob)).map(({ id }) => id)).toEqual(ids.toReversed());
    expect(await unreadOf(app, bob)).toEqual({ count: 2, threads: 2 });
  });
});

describe('a reply', () => {
  test('takes recipient and subject from the thread, and moves it up for both', async () => {
    const first = await start(app, amy, bob, { subject: 'Lunch?' });
    await start(app, cat, bob);
    await start(app, amy, cat);
    app.clock.advance(5);
    const answer = await reply(app, bob, first.threadId, { body: 'Gladly.' });
    expect(answer).toMatchObject({ sender: bob, recipient: amy, subject: 'Lunch?' });
    expect(answer.sentAt).toBe('2026-11-21T10:30:00.005Z');
    for (const user of [amy, bob]) {
      const [top] = await threadsOf(app, user);
      expect(top).toMatchObject({ id: first.threadId, messageCount: 2 });
    }
    expect((await threadsOf(app, bob, 'outbox')).map(({ id }) => id)).toEqual([first.threadId]);
    expect((await threadsOf(app, amy, 'inbox')).map(({ id }) => id)).toEqual([first.threadId]);
    await fits([amy, bob, cat]);
  });

  test('in the same millisecond is a millisecond later', async () => {
    const { threadId } = await start(app, amy, bob);
    const times = [];
    for (let sent = 0; sent < 10; sent += 1) times.push(await reply(app, bob, threadId));
    const sorted = times.map(({ sentAt }) => sentAt).toSorted();
    expect(times.map(({ sentAt }) => sentAt)).toEqual(sorted);
    expect((await messagesOf(app, amy, threadId)).map(({ id }) => id)).toEqual(
      (await messagesOf(app, amy, threadId))
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
  });

  test('brings a thread back that both deleted, with itself alone', async () => {
    const { threadId } = await start(app, amy, bob);
    for (const user of [amy, bob]) await on(app, user, deleteThread, threadId);
    expect((await askReply(app, amy, threadId, { body: 'Again.' })).status).toBe(201);
    await app.settle();
    expect(await textsOf(app, bob, threadId)).toEqual(['Again.']);
    expect(await textsOf(app, amy, threadId)).toEqual(['Again.']);
    expect(await unreadOf(app, bob)).toEqual({ count: 1, threads: 1 });
    await fits();
  });

  test('is for the two participants alone', async () => {
    const { threadId } = await start(app, amy, bob);
    expect((await askReply(app, cat, threadId)).status).toBe(404);
    expect((await askReply(app, cat, threadId.replace(/.$/, '0'))).status).toBe(404);
    expect((await askReply(app, cat, 'nonsense')).status).toBe(404);
  });
});

describe('at the same moment', () => {
  test('two replies both land', async () => {
    for (const seed of seeds) {
      app = new ConvosApp();
      const { threadId } = await start(app, amy, bob);
      const replies = await together(
        app,
        [amy, bob].map((user) => async () => reply(app, user, threadId)),
        seed,
      );
      const ids = replies.map(({ id }) => id).toSorted();
      for (const user of [amy, bob]) {
        const shown = (await messagesOf(app, user, threadId)).map(({ id }) => id);
        expect(shown.slice(0, 2)).toEqual(ids.toReversed());
        const thread = await threadOf(app, user, threadId);
        expect(thread).toMatchObject({ messageCount: 3, lastMessage: { id: ids[1] } });
      }
      expect(await unreadOf(app, amy)).toEqual({ count: 1, threads: 1 });
      expect(await unreadOf(app, bob)).toEqual({ count: 2, threads: 1 });
      await fits();
    }
  });

  test('a reply and the other’s deletion of the thread end one way or the other', async () => {
    const ends = new Set<string>();
    for (const seed of seeds) {
      app = new ConvosApp();
      const { threadId } = await start(app, amy, bob);
      await together(
        app,
        [
          async () => (await askReply(app, amy, threadId, { body: 'late' })).status,
          async () => on(app, bob, deleteThread, threadId),
        ],
        seed,
      );
      await app.settle();
      const left = (await threadOf(app, bob, threadId)) && (await textsOf(app, bob, threadId));
      expect(await unreadOf(app, bob)).toEqual({ count: left ? 1 : 0, threads: left ? 1 : 0 });
      expect(await textsOf(app, amy, threadId)).toEqual(['late', 'At noon.']);
      await fits();
      ends.add(JSON.stringify(left ?? 'gone'));
    }
    expect([...ends].toSorted()).toEqual(['"gone"', '["late"]']);
  });

  test('a deletion between a reply’s look and its write leaves the reply alone', async () => {
    const { threadId } = await start(app, amy, bob);
    const deletion = meanwhile('send', async () => on(app, bob, deleteThread, threadId));
    await reply(app, amy, threadId, { body: 'late' }, deletion);
    expect(await textsOf(app, bob, threadId)).toEqual(['late']);
    expect(await threadOf(app, bob, threadId)).toMatchObject({ messageCount: 1, unreadCount: 1 });
    await fits();
  });

  test('many users who write to one all succeed, and it has that many unread', async () => {
    const senders = Array.from({ length: 20 }, (_, index) => `user:s${index}`);
    await together(
      app,
      senders.map((sender) => async () => start(app, sender, amy)),
    );
    expect(await unreadOf(app, amy)).toEqual({ count: 20, threads: 20 });
    await fits([amy, ...senders]);
  });
});

describe('what goes wrong on the way', () => {
  test.each([
    ['refused', refused],
    ['done, but the answer is lost', answerLost],
    ['done twice', { kind: 'twice' as const }],
  ])('a transaction that is %s sends once, with a key and without', async (_what, fault) => {
    for (const key of [undefined, 'k']) {
      const { threadId } = await start(app, amy, bob, { key }, faultAt('send', fault));
      const answer = await reply(app, bob, threadId, { key }, faultAt('send', fault));
      expect(await messagesOf(app, amy, threadId)).toMatchObject([
        { id: answer.id },
        { id: threadId.replace('thr_', 'msg_') },
      ]);
    }
    expect(await threadsOf(app, bob)).toHaveLength(2);
    await fits();
  });

  test('a reader that is out of reach for a moment is read again', async () => {
    const { threadId } = await start(app, amy, bob, {}, faultAt('state', refused));
    await reply(app, bob, threadId, { key: 'k' }, faultAt('message', refused));
    await reply(app, bob, threadId, {}, faultAt('sideAndState', refused));
    await reply(app, bob, threadId, {}, faultAt('side', answerLost));
    expect(await threadOf(app, amy, threadId)).toMatchObject({ messageCount: 4, unreadCount: 3 });
  });

  test('a function that dies sends nothing, or all of it', async () => {
    expect((await askStart(app, amy, bob, {}, faultAt('send', diesBefore))).status).toBe(500);
    expect(await threadsOf(app, bob)).toEqual([]);
    expect((await askStart(app, amy, bob, {}, faultAt('send', diesAfter))).status).toBe(500);
    expect(await threadsOf(app, bob)).toMatchObject([{ messageCount: 1, unreadCount: 1 }]);
    await fits();
  });

  test('a table out of reach is 503 in the end, with when to come again', async () => {
    const answer = await askStart(app, amy, bob, {}, { faults: () => refused });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(app.stores.table.all).toEqual([]);
  });
});
