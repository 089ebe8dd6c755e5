import { beforeEach, describe, expect, test } from '@jest/globals';
import * as blockEndpoints from '../../../lambdas/convos/block-endpoints.ts';
import { deleteThread, getMessage, markThreadRead } from '../../../lambdas/convos/endpoints.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import type { Handling } from '../../support/convos-app.ts';
import { ask, askAll } from '../../support/convos-asking.ts';
import {
  amy,
  askReply,
  askStart,
  bob,
  cat,
  on,
  reply,
  start,
  textsOf,
  threadsOf,
  unreadOf,
} from '../../support/convos-people.ts';
import { answerLost, faultAt, meanwhile, refused, together } from '../../support/convos-races.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
beforeEach(() => {
  app = new ConvosApp();
});

const seeds = Array.from({ length: 25 }, (_, seed) => seed);
const { blockUser, unblockUser, getBlock, listBlocks } = blockEndpoints;
const block = async (blocker: string, ref: string, handling?: Handling) =>
  ask(app, blocker, blockUser, { params: { ref } }, handling);
const unblock = async (blocker: string, ref: string, handling?: Handling) =>
  ask(app, blocker, unblockUser, { params: { ref } }, handling);
const looked = async (blocker: string, ref: string) =>
  ask(app, blocker, getBlock, { params: { ref } });
const listed = async (blocker: string, limit = 100) =>
  askAll(app, blocker, listBlocks, { query: { limit } });
const since = '2026-11-21T10:30:00.000Z';

describe('a block', () => {
  test('is answered, found and listed by the blocker alone', async () => {
    expect((await looked(amy, bob)).status).toBe(404);
    const answer = await block(amy, bob);
    expect([answer.status, answer.body]).toEqual([200, { ref: bob, since }]);
    expect((await looked(amy, bob)).body).toEqual({ ref: bob, since });
    expect(await listed(amy)).toEqual([{ ref: bob, since }]);
    expect((await looked(bob, amy)).status).toBe(404);
    expect(await listed(bob)).toEqual([]);
  });

  test('that is set again keeps its date; lifted and set again it has a new one', async () => {
    await block(amy, bob);
    app.clock.advance(60_000);
    expect((await block(amy, bob)).body).toEqual({ ref: bob, since });
    expect((await unblock(amy, bob)).status).toBe(204);
    expect((await unblock(amy, bob)).status).toBe(204);
    expect((await looked(amy, bob)).status).toBe(404);
    expect((await block(amy, bob)).body).toEqual({ ref: bob, since: '2026-11-21T10:31:00.000Z' });
  });

  test('of either by the other is one of two', async () => {
    await block(amy, bob);
    await block(bob, amy);
    await unblock(amy, bob);
    expect((await looked(bob, amy)).status).toBe(200);
    expect((await looked(amy, bob)).status).toBe(404);
    expect((await askStart(app, amy, bob)).status).toBe(403);
    await unblock(bob, amy);
    expect((await askStart(app, amy, bob)).status).toBe(201);
  });

  test('is listed newest first, page by page', async () => {
    const refs = Array.from({ length: 7 }, (_, index) => `user:u${index}`);
    for (const ref of refs) {
      app.clock.advance(1_000);
      await block(amy, ref);
    }
    for (const limit of [1, 3, 7, 100]) {
      const blocks = (await listed(amy, limit)) as { ref: string }[];
      expect(blocks.map(({ ref }) => ref)).toEqual(refs.toReversed());
    }
  });

  test('is one, however often it is set at the same moment or its answer is lost', async () => {
    for (const seed of seeds) {
      app = new ConvosApp();
      const answers = await together(
        app,
        [undefined, faultAt('add', answerLost), faultAt('add', refused)].map(
          (handling) => async () => block(amy, bob, handling),
        ),
        seed,
      );
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(await listed(amy)).toHaveLength(1);
    }
    expect((await unblock(amy, bob, faultAt('remove', answerLost))).status).toBe(204);
    expect(await listed(amy)).toEqual([]);
  });

  test('that is set and lifted at the same moment is there or not, in all places alike', async () => {
    for (const seed of seeds) {
      app = new ConvosApp();
      await together(
        app,
        [block, unblock, block].map((deed) => async () => deed(amy, bob)),
        seed,
      );
      const isThere = (await looked(amy, bob)).status === 200;
      expect(await listed(amy)).toHaveLength(isThere ? 1 : 0);
      expect((await askStart(app, bob, amy)).status).toBe(isThere ? 403 : 201);
    }
  });
});

describe('between two of whom one blocks the other', () => {
  test.each([
    ['the blocker', amy, bob],
    ['the blocked', bob, amy],
  ])('%s can neither start a thread nor reply', async (_what, from, to) => {
    const { threadId } = await start(app, amy, bob);
    const answered = await start(app, bob, amy);
    await block(amy, bob);
    expect((await askStart(app, from, to)).status).toBe(403);
    for (const id of [threadId, answered.threadId]) {
      expect((await askReply(app, from, id)).status).toBe(403);
    }
    expect((await askStart(app, from, cat)).status).toBe(201);
    expect((await askStart(app, cat, from)).status).toBe(201);
    await unblock(amy, bob);
    expect((await askStart(app, from, to)).status).toBe(201);
    expect((await askReply(app, from, threadId)).status).toBe(201);
  });

  test('threads that were there stay readable, and can be read and deleted', async () => {
    const { id, threadId } = await start(app, amy, bob);
    await block(bob, amy);
    for (const user of [amy, bob]) {
      expect(await textsOf(app, user, threadId)).toEqual(['At noon.']);
      expect(await on(app, user, getMessage, id)).toBe(200);
      expect(await on(app, user, markThreadRead, threadId)).toBe(200);
    }
    expect(await on(app, bob, deleteThread, threadId)).toBe(204);
    expect(await threadsOf(app, amy)).toHaveLength(1);
  });

  test('a stranger to a thread learns nothing from it: 404 comes before 403', async () => {
    const { threadId } = await start(app, amy, bob);
    await block(cat, amy);
    await block(cat, bob);
    expect((await askReply(app, cat, threadId)).status).toBe(404);
  });
});

describe('a block that lands between the sender’s look and its write', () => {
  test.each([
    ['the recipient’s', bob, amy],
    ['the sender’s own', amy, bob],
  ])('(%s) keeps the message out', async (_what, blocker, blocked) => {
    const { threadId } = await start(app, amy, bob);
    const late = meanwhile('send', async () => block(blocker, blocked));
    expect((await askReply(app, amy, threadId, {}, late)).status).toBe(403);
    expect(await textsOf(app, bob, threadId)).toEqual(['At noon.']);
    await unblock(blocker, blocked);
    const again = meanwhile('send', async () => block(blocker, blocked));
    expect((await askStart(app, amy, bob, {}, again)).status).toBe(403);
    expect(await threadsOf(app, bob)).toHaveLength(1);
    expect(await contradictions(app.stores, [amy, bob])).toEqual([]);
  });

  test('keeps it out too when it is between state and look', async () => {
    await block(cat, bob);
    const late = meanwhile('lookBeforeSending', async () => block(bob, amy));
    expect((await askStart(app, amy, bob, {}, late)).status).toBe(403);
    expect(await threadsOf(app, bob)).toEqual([]);
  });

  test('keeps it out though one was lifted before: what was seen once is not so for ever', async () => {
    await block(bob, amy);
    await unblock(bob, amy);
    const late = meanwhile('send', async () => block(bob, amy));
    expect((await askStart(app, amy, bob, {}, late)).status).toBe(403);
    const lifted = meanwhile('send', async () => {
      await block(bob, amy);
      await unblock(bob, amy);
    });
    await unblock(bob, amy);
    expect((await askStart(app, amy, bob, {}, lifted)).status).toBe(201);
    expect(await unreadOf(app, bob)).toEqual({ count: 1, threads: 1 });
  });

  test('that is lifted while the sender looks lets it through or not, and never half', async () => {
    const ends = new Set<string>();
    for (const seed of seeds) {
      app = new ConvosApp();
      const { threadId } = await start(app, amy, bob);
      await block(bob, amy);
      const [answer] = await together(
        app,
        [
          async () => askReply(app, amy, threadId),
          async () => unblock(bob, amy),
          async () => block(bob, cat),
        ],
        seed,
      );
      const texts = await textsOf(app, bob, threadId);
      expect(texts).toHaveLength(answer?.status === 201 ? 2 : 1);
      expect(await contradictions(app.stores, [amy, bob, cat])).toEqual([]);
      ends.add(String(answer?.status));
    }
    expect(ends).toEqual(new Set(['201', '403']));
  });
});

test.each([
  ['at once', false],
  ['item by item', true],
])(
  'once a block has answered, no message that comes later passes, written %s',
  async (_how, slow) => {
    for (const seed of seeds) {
      app = new ConvosApp({ slow });
      const { threadId } = await start(app, amy, bob);
      await block(cat, bob);
      let sentWhenBlocked = -1;
      const answers = await together(
        app,
        [
          async () => {
            await block(bob, amy);
            sentWhenBlocked = (await textsOf(app, bob, threadId)).length;
            return { status: 0 };
          },
          ...[1, 2, 3].map(() => async () => askReply(app, amy, threadId)),
        ],
        seed,
      );
      const passed = answers.filter(({ status }) => status === 201).length;
      expect(await textsOf(app, bob, threadId)).toHaveLength(1 + passed);
      expect(sentWhenBlocked).toBe(1 + passed);
      await expect(reply(app, amy, threadId)).rejects.toThrow('403');
    }
  },
);
