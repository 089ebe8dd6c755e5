import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  deleteMessage,
  deleteThread,
  getMessage,
  markMessageRead,
  markMessageUnread,
  markThreadRead,
} from '../../../lambdas/convos/endpoints.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import { ask } from '../../support/convos-asking.ts';
import {
  amy,
  bob,
  cat,
  messagesOf,
  on,
  reply,
  start,
  threadOf,
  unreadOf,
} from '../../support/convos-people.ts';
import type { Message } from '../../support/convos-people.ts';
import { answerLost, faultAt, meanwhile, refused, together } from '../../support/convos-races.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
let first: Message;
let second: Message;
/** Two messages of Amy's to Bob. */
beforeEach(async () => {
  await begin();
});

const begin = async () => {
  app = new ConvosApp();
  first = await start(app, amy, bob);
  second = await reply(app, amy, first.threadId, { body: 'Or later.' });
};
const seeds = Array.from({ length: 25 }, (_, seed) => seed);
const unread = async (user = bob) => (await unreadOf(app, user)).count;
const read = async (...ids: string[]) => {
  for (const id of ids) expect(await on(app, bob, markMessageRead, id)).toBe(200);
};
/** Which of Bob's messages are read, oldest first. */
const marks = async (user = bob) =>
  (await messagesOf(app, user, first.threadId)).map(({ isRead }) => isRead).toReversed();
const fits = async () => expect(await contradictions(app.stores, [amy, bob])).toEqual([]);
const eventsOf = (type: string) => {
  const events = new Map(app.events.map((event) => [event.id, event]));
  return [...events.values()].filter((event) => event.type === type).map(({ data }) => data);
};

describe('a message', () => {
  test('is answered with the mark it has now, whatever it had', async () => {
    const { body: _body, ...listed } = first;
    for (const [endpoint, isRead] of [
      [markMessageUnread, false],
      [markMessageRead, true],
      [markMessageRead, true],
      [markMessageUnread, false],
    ] as const) {
      const answer = await ask(app, bob, endpoint, { params: { id: first.id } });
      expect([answer.status, answer.body]).toEqual([200, { ...first, isRead }]);
      const { body } = await ask(app, bob, getMessage, { params: { id: first.id } });
      expect(body).toEqual({ ...first, isRead });
      expect(listed).toMatchObject({ id: first.id });
      expect(await unread()).toBe(isRead ? 1 : 2);
      await fits();
    }
  });

  test('is marked for its reader alone; getting it marks nothing', async () => {
    await read(first.id);
    expect(await on(app, bob, getMessage, second.id)).toBe(200);
    expect(await marks(bob)).toEqual([true, false]);
    expect(await marks(amy)).toEqual([false, false]);
    expect(await threadOf(app, bob, first.threadId)).toMatchObject({
      unreadCount: 1,
      lastMessage: { id: second.id, isRead: false },
    });
  });

  test('of one’s own can be marked, and never counts', async () => {
    expect(await on(app, amy, markMessageRead, second.id)).toBe(200);
    expect(await threadOf(app, amy, first.threadId)).toMatchObject({
      unreadCount: 0,
      lastMessage: { isRead: true },
    });
    expect(await unread(amy)).toBe(0);
    expect(await on(app, amy, markMessageUnread, second.id)).toBe(200);
    expect(await marks(amy)).toEqual([false, false]);
    expect(await unread(amy)).toBe(0);
    await app.settle();
    expect(eventsOf('message.read')).toEqual([]);
    await fits();
  });

  test('is told once for each time it became read', async () => {
    await read(first.id, first.id);
    app.clock.advance(1_000);
    await on(app, bob, markMessageUnread, first.id);
    await read(first.id, second.id);
    await app.settle();
    expect(eventsOf('message.read')).toMatchObject([
      { id: first.id, reader: bob, sender: amy, readAt: '2026-11-21T10:30:00.000Z' },
      { id: first.id, readAt: '2026-11-21T10:30:01.000Z' },
      { id: second.id, readAt: '2026-11-21T10:30:01.000Z' },
    ]);
  });

  test('that is read, marked unread and read again in one millisecond is told twice', async () => {
    await read(first.id);
    await on(app, bob, markMessageUnread, first.id);
    await read(first.id);
    await app.settle();
    expect(eventsOf('message.read')).toHaveLength(2);
  });

  test.each([
    ['somebody else’s', async () => on(app, cat, markMessageRead, first.id)],
    [
      'deleted',
      async () => {
        await on(app, bob, deleteMessage, first.id);
        return on(app, bob, markMessageRead, first.id);
      },
    ],
    [
      'deleted with its thread',
      async () => {
        await on(app, bob, deleteThread, first.threadId);
        return on(app, bob, markMessageRead, first.id);
      },
    ],
    ['no message', async () => on(app, bob, markMessageRead, 'msg_nonsense')],
  ])('that is %s is 404', async (_what, marking) => {
    const before = await unread();
    expect(await marking()).toBe(404);
    expect(await unread()).toBeLessThanOrEqual(before);
    await fits();
  });

  test.each([
    ['refused', refused],
    ['done, but its answer lost', answerLost],
    ['done twice', { kind: 'twice' as const }],
  ])('whose marking is %s counts once', async (_what, fault) => {
    expect(await on(app, bob, markMessageRead, first.id, faultAt('changeOwn', fault))).toBe(200);
    expect(await unread()).toBe(1);
    await fits();
    await app.settle();
    expect(eventsOf('message.read')).toHaveLength(1);
  });

  test('that is marked many times at the same moment counts once', async () => {
    for (const seed of seeds) {
      await begin();
      await together(
        app,
        [
          ...[1, 2, 3].map(() => async () => on(app, bob, markMessageRead, first.id)),
          async () => on(app, bob, markMessageUnread, second.id),
        ],
        seed,
      );
      expect(await unread()).toBe(1);
      await fits();
    }
  });

  test('that is marked both ways at the same moment counts as it is shown', async () => {
    for (const seed of seeds) {
      await begin();
      const deeds = [markMessageRead, markMessageUnread, markMessageRead, markThreadRead].map(
        (endpoint) => async () =>
          on(app, bob, endpoint, endpoint === markThreadRead ? first.threadId : first.id),
      );
      await together(app, deeds, seed);
      const [isRead] = await marks();
      expect(await unread()).toBe(isRead ? 0 : 1);
      await fits();
    }
  });
});

describe('a whole thread', () => {
  test('is read with one answer: the thread as it then is', async () => {
    const answer = await ask(app, bob, markThreadRead, { params: { id: first.threadId } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(await threadOf(app, bob, first.threadId));
    expect(answer.body).toMatchObject({ unreadCount: 0, lastMessage: { isRead: true } });
    expect(await marks()).toEqual([true, true]);
    expect(await marks(amy)).toEqual([false, false]);
    expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
    await fits();
  });

  test('leaves marks that come after it, until it is read again', async () => {
    await on(app, bob, markThreadRead, first.threadId);
    await on(app, bob, markMessageUnread, first.id);
    expect(await marks()).toEqual([false, true]);
    expect(await unread()).toBe(1);
    await reply(app, amy, first.threadId);
    expect(await marks()).toEqual([false, true, false]);
    await on(app, bob, markThreadRead, first.threadId);
    expect(await marks()).toEqual([true, true, true]);
    await fits();
  });

  test('is told when something was unread, up to its last message', async () => {
    await on(app, bob, markThreadRead, first.threadId);
    await on(app, bob, markThreadRead, first.threadId);
    await on(app, amy, markThreadRead, first.threadId);
    await app.settle();
    expect(eventsOf('message.read')).toMatchObject([
      { upTo: second.id, threadId: first.threadId, reader: bob, sender: amy },
    ]);
  });

  test('that is read, gets a message and is read in one millisecond is told twice', async () => {
    await on(app, bob, markThreadRead, first.threadId);
    await on(app, bob, markMessageUnread, first.id);
    await on(app, bob, markThreadRead, first.threadId);
    await app.settle();
    expect(eventsOf('message.read')).toHaveLength(2);
  });

  test('is 404 for a stranger and for who deleted it', async () => {
    expect(await on(app, cat, markThreadRead, first.threadId)).toBe(404);
    await on(app, bob, deleteThread, first.threadId);
    expect(await on(app, bob, markThreadRead, first.threadId)).toBe(404);
    await fits();
  });

  test('that gets a message between look and write has that one read too', async () => {
    const landing = meanwhile('changeOwn', async () => reply(app, amy, first.threadId));
    await on(app, bob, markThreadRead, first.threadId, landing);
    expect(await marks()).toEqual([true, true, true]);
    expect(await unread()).toBe(0);
    await fits();
  });

  test('that gets messages while it is read has those unread that came after', async () => {
    const ends = new Set<number>();
    for (const seed of seeds) {
      await begin();
      await together(
        app,
        [
          async () => (await reply(app, amy, first.threadId)).id,
          async () => (await reply(app, bob, first.threadId)).id,
          async () => String(await on(app, bob, markThreadRead, first.threadId)),
        ],
        seed,
      );
      const count = await unread();
      const received = (await messagesOf(app, bob, first.threadId)).filter(
        ({ sender, isRead }) => sender === amy && !isRead,
      );
      expect(received).toHaveLength(count);
      expect(await unreadOf(app, bob)).toEqual({ count, threads: count });
      await fits();
      ends.add(count);
    }
    expect(ends).toEqual(new Set([0, 1]));
  });

  test('whose reading is lost and then repeated is read', async () => {
    await on(app, bob, markThreadRead, first.threadId, faultAt('changeOwn', answerLost));
    expect(await unread()).toBe(0);
    await app.settle();
    expect(eventsOf('message.read')).toHaveLength(1);
    await fits();
  });
});
