import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  deleteMessage,
  deleteThread,
  getMessage,
  getThread,
  listMessages,
  markMessageRead,
  markThreadRead,
} from '../../../lambdas/convos/endpoints.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import {
  amy,
  bob,
  cat,
  on,
  reply,
  start,
  textsOf,
  threadOf,
  threadsOf,
  unreadOf,
} from '../../support/convos-people.ts';
import type { Message } from '../../support/convos-people.ts';
import {
  answerLost,
  diesAfter,
  faultAt,
  meanwhile,
  refused,
  together,
} from '../../support/convos-races.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
let messages: Message[];
let threadId: string;
/** Three messages, of Amy, Bob and Amy. */
beforeEach(async () => {
  await begin();
});

const begin = async () => {
  app = new ConvosApp();
  const first = await start(app, amy, bob, { body: 'one' });
  ({ threadId } = first);
  messages = [
    first,
    await reply(app, bob, threadId, { body: 'two' }),
    await reply(app, amy, threadId, { body: 'three' }),
  ];
};
const seeds = Array.from({ length: 25 }, (_, seed) => seed);
const idAt = (index: number) => messages[index]?.id ?? '';
const remove = async (index: number, user = bob) => on(app, user, deleteMessage, idAt(index));
const fits = async () => expect(await contradictions(app.stores, [amy, bob])).toEqual([]);
const folders = async (user: string) =>
  Promise.all(
    ([undefined, 'inbox', 'outbox'] as const).map(
      async (folder) => (await threadsOf(app, user, folder)).length,
    ),
  );

describe('a deleted message', () => {
  test('is gone for whom it was deleted, at once, and nobody else', async () => {
    expect(await remove(2)).toBe(204);
    expect(await remove(2)).toBe(404);
    expect(await on(app, bob, getMessage, idAt(2))).toBe(404);
    expect(await textsOf(app, bob, threadId)).toEqual(['two', 'one']);
    expect(await threadOf(app, bob, threadId)).toMatchObject({
      messageCount: 2,
      unreadCount: 1,
      lastMessage: { id: idAt(1) },
    });
    expect(await textsOf(app, amy, threadId)).toEqual(['three', 'two', 'one']);
    await fits();
    await app.settle();
    expect(await on(app, amy, getMessage, idAt(2))).toBe(200);
    await fits();
  });

  test.each([
    ['oldest first', [0, 1, 2]],
    ['newest first', [2, 1, 0]],
    ['from the middle', [1, 2, 0]],
  ])('leaves the newest of the others on top, %s', async (_what, order) => {
    const left = new Set([0, 1, 2]);
    for (const index of order) {
      expect(await remove(index)).toBe(204);
      left.delete(index);
      const newest = Math.max(...left);
      const thread = await threadOf(app, bob, threadId);
      expect(thread?.lastMessage?.id).toBe(left.size > 0 ? idAt(newest) : undefined);
      expect(thread?.messageCount).toBe(left.size > 0 ? left.size : undefined);
      await fits();
    }
    expect(await folders(bob)).toEqual([0, 0, 0]);
    for (const endpoint of [getThread, listMessages, markThreadRead, deleteThread]) {
      expect(await on(app, bob, endpoint, threadId)).toBe(404);
    }
    expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
  });

  test('leaves the thread in the folders of what is left', async () => {
    expect(await folders(bob)).toEqual([1, 1, 1]);
    await remove(1);
    expect(await folders(bob)).toEqual([1, 1, 0]);
    expect(await threadOf(app, bob, threadId, 'outbox')).toBeUndefined();
    await remove(1, amy);
    await remove(0, amy);
    await remove(2, amy);
    expect(await folders(amy)).toEqual([0, 0, 0]);
    await reply(app, bob, threadId);
    expect(await folders(amy)).toEqual([1, 1, 0]);
    expect(await folders(bob)).toEqual([1, 1, 1]);
    await fits();
  });

  test('moves no thread in a list', async () => {
    app.clock.advance(1_000);
    const later = await start(app, amy, bob);
    app.clock.advance(1_000);
    await reply(app, bob, threadId);
    await on(app, amy, deleteMessage, (await threadOf(app, amy, threadId))?.lastMessage?.id ?? '');
    expect((await threadsOf(app, amy)).map(({ id }) => id)).toEqual([threadId, later.threadId]);
    expect((await threadsOf(app, amy, 'outbox')).map(({ id }) => id)).toEqual([
      threadId,
      later.threadId,
    ]);
  });

  test('that was read takes no unread one along', async () => {
    await on(app, bob, markMessageRead, idAt(0));
    await remove(0);
    expect(await unreadOf(app, bob)).toEqual({ count: 1, threads: 1 });
    await on(app, bob, markThreadRead, threadId);
    await remove(2);
    expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
    await fits();
  });

  test('with the read mark of the whole thread shows the one below as read', async () => {
    await on(app, bob, markThreadRead, threadId);
    await remove(2);
    expect(await threadOf(app, bob, threadId)).toMatchObject({ lastMessage: { isRead: true } });
    await fits();
  });

  test('of somebody else is 404', async () => {
    expect(await remove(0, cat)).toBe(404);
    expect(await on(app, bob, deleteMessage, 'nonsense')).toBe(404);
    expect(await on(app, bob, deleteMessage, threadId)).toBe(404);
  });
});

describe('deletions of messages at the same moment', () => {
  test('of the same message both are done, and it counts once', async () => {
    for (const seed of seeds) {
      await begin();
      const answers = await together(app, [async () => remove(0), async () => remove(0)], seed);
      expect(answers).toContain(204);
      for (const answer of answers) expect([204, 404]).toContain(answer);
      expect(await threadOf(app, bob, threadId)).toMatchObject({ messageCount: 2, unreadCount: 1 });
      expect(await unreadOf(app, bob)).toEqual({ count: 1, threads: 1 });
      await fits();
    }
  });

  test('of all messages leave none', async () => {
    for (const seed of seeds) {
      await begin();
      const answers = await together(
        app,
        [0, 1, 2].map((index) => async () => remove(index)),
        seed,
      );
      expect(answers).toEqual([204, 204, 204]);
      expect(await threadOf(app, bob, threadId)).toBeUndefined();
      expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
      await fits();
    }
  });

  test('of the newest while a reply lands leave the reply as the newest', async () => {
    for (const seed of seeds) {
      await begin();
      const [answer] = await together(
        app,
        [
          async () => (await reply(app, amy, threadId)).id,
          async () => String(await remove(2)),
          async () => String(await remove(1)),
        ],
        seed,
      );
      expect(await threadOf(app, bob, threadId)).toMatchObject({
        messageCount: 2,
        unreadCount: 2,
        lastMessage: { id: answer },
      });
      await fits();
    }
  });

  test('of the newest, while the one below goes between look and write, leave the oldest', async () => {
    const below = meanwhile('changeOwn', async () => remove(1));
    expect(await on(app, bob, deleteMessage, idAt(2), below)).toBe(204);
    expect(await threadOf(app, bob, threadId)).toMatchObject({
      messageCount: 1,
      lastMessage: { id: idAt(0) },
    });
    await fits();
  });

  test('and a reading of it count it once', async () => {
    for (const seed of seeds) {
      await begin();
      await together(
        app,
        [
          async () => remove(0),
          async () => on(app, bob, markMessageRead, idAt(0)),
          async () => on(app, bob, markThreadRead, threadId),
        ],
        seed,
      );
      expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
      await fits();
    }
  });
});

describe('a deleted thread', () => {
  test('is gone for whom it was deleted, at once, and nobody else', async () => {
    expect(await on(app, bob, deleteThread, threadId)).toBe(204);
    expect(await on(app, bob, deleteThread, threadId)).toBe(404);
    for (const index of [0, 1, 2]) expect(await on(app, bob, getMessage, idAt(index))).toBe(404);
    for (const index of [0, 1, 2]) expect(await remove(index)).toBe(404);
    expect(await folders(bob)).toEqual([0, 0, 0]);
    expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
    expect(await textsOf(app, amy, threadId)).toEqual(['three', 'two', 'one']);
    await fits();
    await app.settle();
    await fits();
  });

  test('comes back with a reply alone, before its copies are gone and after', async () => {
    for (const settled of [false, true]) {
      await begin();
      await on(app, bob, deleteThread, threadId);
      if (settled) await app.settle();
      const answer = await reply(app, amy, threadId, { body: 'four' });
      expect(await textsOf(app, bob, threadId)).toEqual(['four']);
      expect(await textsOf(app, amy, threadId)).toEqual(['four', 'three', 'two', 'one']);
      expect(await on(app, bob, deleteMessage, answer.id)).toBe(204);
      expect(await threadOf(app, bob, threadId)).toBeUndefined();
      await app.settle();
      expect(await threadOf(app, bob, threadId)).toBeUndefined();
      await fits();
    }
  });

  test('that its deleter replies to is there with the reply', async () => {
    await on(app, bob, deleteThread, threadId);
    await reply(app, bob, threadId, { body: 'four' });
    expect(await textsOf(app, bob, threadId)).toEqual(['four']);
    expect(await folders(bob)).toEqual([1, 0, 1]);
    await app.settle();
    await fits();
  });

  test('is a stranger’s 404', async () => {
    expect(await on(app, cat, deleteThread, threadId)).toBe(404);
  });

  test.each([
    ['refused', refused],
    ['done, but its answer lost', answerLost],
    ['done twice', { kind: 'twice' as const }],
  ])('whose deletion is %s is 204, as is a message’s', async (_what, fault) => {
    expect(await on(app, bob, deleteMessage, idAt(2), faultAt('changeOwn', fault))).toBe(204);
    await fits();
    expect(await on(app, bob, deleteThread, threadId, faultAt('changeOwn', fault))).toBe(204);
    expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
    await fits();
  });

  test('whose function died is gone, and another deletion 404', async () => {
    expect(await on(app, bob, deleteThread, threadId, faultAt('changeOwn', diesAfter))).toBe(500);
    expect(await on(app, bob, deleteThread, threadId)).toBe(404);
    await fits();
  });

  test('at the same moment as all else leaves nothing half done', async () => {
    for (const seed of seeds) {
      await begin();
      await together(
        app,
        [
          async () => on(app, bob, deleteThread, threadId),
          async () => remove(2),
          async () => on(app, bob, markThreadRead, threadId),
          async () => on(app, bob, markMessageRead, idAt(0)),
          async () => on(app, amy, deleteThread, threadId),
        ],
        seed,
      );
      await fits();
      await app.settle();
      await fits();
      for (const user of [amy, bob]) expect(await threadsOf(app, user)).toEqual([]);
      expect(await unreadOf(app, bob)).toEqual({ count: 0, threads: 0 });
      expect(JSON.stringify(app.stores.table.all)).not.toContain('three');
    }
  });
});
