import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  blockUser,
  getBlock,
  listBlocks,
  unblockUser,
} from '../../../lambdas/convos/block-endpoints.ts';
import { keys } from '../../../lambdas/convos/contract.ts';
import { deleteThread, getMessage, markMessageRead } from '../../../lambdas/convos/endpoints.ts';
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
  threadOf,
  threadsOf,
  unreadOf,
} from '../../support/convos-people.ts';
import { diesAfter, diesBefore, meanwhile, together } from '../../support/convos-races.ts';
import type { Fault } from '../../support/faulty.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
beforeEach(() => {
  app = new ConvosApp();
});

const everybody = [amy, bob, cat];
const fits = async () => expect(await contradictions(app.stores, everybody)).toEqual([]);
const setBlock = async (blocker: string, ref: string) =>
  ask(app, blocker, blockUser, { params: { ref } });
const liftBlock = async (blocker: string, ref: string) =>
  ask(app, blocker, unblockUser, { params: { ref } });
/** Begins an erasure, a second after what was before; another one passes until it runs. */
const startErasure = (ref = amy) => {
  app.clock.advance(1_000);
  const job = app.startErasure(ref);
  app.clock.advance(1_000);
  return job;
};
const erased = async (ref = amy, handling?: Handling) => {
  const job = startErasure(ref);
  await app.settle(handling);
  return app.stores.upkeep.erasure(job.ref);
};
/** Rows in a user's partition, by their sort keys. */
const rowsOf = (user: string) => app.stores.table.rows(keys.box(user)).map(({ sk }) => String(sk));

const listed = async (user: string) =>
  ((await askAll(app, user, listBlocks)) as { ref: string }[]).map(({ ref }) => ref);
/** A mailbox of every kind of row. */
const furnish = async () => {
  const { threadId, id } = await start(app, amy, bob, { body: 'one' });
  await reply(app, bob, threadId, { body: 'two' });
  await start(app, cat, amy, { body: 'three' });
  const { threadId: deleted } = await start(app, bob, amy, { body: 'four' });
  await on(app, amy, deleteThread, deleted);
  await on(app, amy, markMessageRead, id);
  await setBlock(amy, 'user:dan');
  startErasure();
  await reply(app, bob, threadId, { body: 'new' });
  return threadId;
};
const expectErased = async (threadId: string) => {
  expect(await app.stores.upkeep.erasure(amy)).toMatchObject({ removed: 3, done: true });
  expect(await textsOf(app, amy, threadId)).toEqual(['new']);
  expect(await unreadOf(app, amy)).toEqual({ count: 1, threads: 1 });
  expect(await threadsOf(app, amy)).toHaveLength(1);
  expect(await askAll(app, amy, listBlocks)).toEqual([]);
  expect(await textsOf(app, bob, threadId)).toEqual(['new', 'two', 'one']);
  expect(app.deadLetters.messages()).toEqual([]);
  await fits();
};

describe('the erasure of a user', () => {
  test('empties its mailbox and leaves the others’ as they are', async () => {
    const first = await start(app, amy, bob, { body: 'one' });
    await reply(app, bob, first.threadId, { body: 'two' });
    await start(app, cat, amy, { body: 'three' });
    await on(app, amy, markMessageRead, first.id);
    const before = [await threadsOf(app, bob), await threadsOf(app, cat)];
    expect(await erased()).toMatchObject({ removed: 3, done: true });
    expect(rowsOf(amy)).toEqual([expect.stringMatching(/^HOUR#/)]);
    expect(await threadsOf(app, amy)).toEqual([]);
    expect(await unreadOf(app, amy)).toEqual({ count: 0, threads: 0 });
    expect([await threadsOf(app, bob), await threadsOf(app, cat)]).toEqual(before);
    expect(await textsOf(app, bob, first.threadId)).toEqual(['two', 'one']);
    const { body } = await ask(app, bob, getMessage, { params: { id: first.id } });
    expect(body).toMatchObject({ sender: amy, body: 'one' });
    await fits();
  });

  test('is told from beginning to end, with what it removed', async () => {
    await start(app, amy, bob);
    await start(app, cat, amy);
    const job = startErasure();
    await app.settle();
    const told = app.events.filter(({ type }) => type === 'erasure.progressed');
    expect(told.map(({ data }) => data)).toEqual([
      { ref: amy, erasureId: job.erasureId, part: 'convos', removed: 0, done: false },
      { ref: amy, erasureId: job.erasureId, part: 'convos', removed: 1, done: false },
      { ref: amy, erasureId: job.erasureId, part: 'convos', removed: 2, done: false },
      { ref: amy, erasureId: job.erasureId, part: 'convos', removed: 2, done: true },
    ]);
  });

  test('of one who has nothing is done, with nothing removed', async () => {
    expect(await erased()).toMatchObject({ removed: 0, done: true });
    expect(rowsOf(amy)).toEqual([]);
  });

  test('counts what was active: neither what was deleted before nor anything twice', async () => {
    const { threadId, id } = await start(app, amy, bob);
    await reply(app, bob, threadId);
    const other = await start(app, bob, amy);
    await on(app, amy, deleteThread, other.threadId);
    await on(app, amy, markMessageRead, id);
    expect(await erased()).toMatchObject({ removed: 2, done: true });
    expect(await erased()).toMatchObject({ removed: 0, done: true });
  });

  test('lets the text go that nobody has any more', async () => {
    const { threadId } = await start(app, amy, bob, { body: 'secret' });
    await on(app, bob, deleteThread, threadId);
    await start(app, amy, bob, { body: 'shared' });
    await erased();
    const rows = JSON.stringify(app.stores.table.all);
    expect(rows).not.toContain('secret');
    expect(rows).toContain('shared');
    await erased(bob);
    expect(JSON.stringify(app.stores.table.all)).not.toContain('shared');
  });
});

describe('what comes after an erasure began', () => {
  test('stays, in threads that were there and in new ones', async () => {
    const { threadId } = await start(app, amy, bob, { body: 'old' });
    await reply(app, bob, threadId, { body: 'older reply' });
    startErasure();
    await reply(app, bob, threadId, { body: 'new' });
    const fresh = await start(app, bob, amy, { body: 'fresh' });
    await app.settle();
    expect(await textsOf(app, amy, threadId)).toEqual(['new']);
    expect(await textsOf(app, amy, fresh.threadId)).toEqual(['fresh']);
    expect(await threadOf(app, amy, threadId)).toMatchObject({ messageCount: 1, unreadCount: 1 });
    expect(await unreadOf(app, amy)).toEqual({ count: 2, threads: 2 });
    expect(await app.stores.upkeep.erasure(amy)).toMatchObject({ removed: 2, done: true });
    await fits();
  });

  test('stays however late the erasure runs, and with its marks', async () => {
    const { threadId } = await start(app, amy, bob);
    startErasure();
    const kept = await reply(app, bob, threadId);
    await reply(app, bob, threadId, { body: 'unread' });
    await on(app, amy, markMessageRead, kept.id);
    app.clock.advance(3 * 24 * 3_600_000);
    await app.settle();
    expect(await threadOf(app, amy, threadId)).toMatchObject({ messageCount: 2, unreadCount: 1 });
    await fits();
  });

  test('and was deleted again leaves nothing but who took part', async () => {
    const { threadId } = await start(app, amy, bob);
    startErasure();
    await reply(app, bob, threadId);
    await on(app, amy, deleteThread, threadId);
    await app.settle();
    expect(await threadsOf(app, amy)).toEqual([]);
    expect((await askReply(app, amy, threadId)).status).toBe(201);
    await app.settle();
    await fits();
  });

  test('makes a thread anew for the erased, with itself alone', async () => {
    const { threadId } = await start(app, amy, bob, { body: 'old' });
    await erased();
    expect((await askReply(app, amy, threadId)).status).toBe(404);
    await reply(app, bob, threadId, { body: 'new' });
    expect(await textsOf(app, amy, threadId)).toEqual(['new']);
    expect(await textsOf(app, bob, threadId)).toEqual(['new', 'old']);
    await reply(app, amy, threadId, { body: 'who is it?' });
    expect(await textsOf(app, bob, threadId)).toEqual(['who is it?', 'new', 'old']);
    await app.settle();
    await fits();
  });

  test('keeps an old change of the erased out that comes very late', async () => {
    const { threadId, id } = await start(app, bob, amy, { body: 'old' });
    const veryLate = meanwhile('changeOwn', async () => {
      await erased();
      await reply(app, bob, threadId, { body: 'new' });
    });
    expect(await on(app, amy, markMessageRead, id, veryLate)).toBe(404);
    expect(await textsOf(app, amy, threadId)).toEqual(['new']);
    expect(await unreadOf(app, amy)).toEqual({ count: 1, threads: 1 });
    await fits();
  });
});

describe('blocks', () => {
  test('of the erased are lifted, those against it stay', async () => {
    await setBlock(amy, bob);
    await setBlock(cat, amy);
    await erased();
    expect(await listed(amy)).toEqual([]);
    expect((await askStart(app, bob, amy)).status).toBe(201);
    expect((await askStart(app, amy, cat)).status).toBe(403);
    expect(await listed(cat)).toEqual([amy]);
    await fits();
  });

  test('that it set after the erasure began stay', async () => {
    await setBlock(amy, bob);
    startErasure();
    await setBlock(amy, cat);
    await app.settle();
    expect(await listed(amy)).toEqual([cat]);
  });

  test.each(['list', 'remove'])('that it lifted and set anew before %s stay', async (call) => {
    await setBlock(amy, bob);
    const anew = meanwhile(call, async () => {
      await liftBlock(amy, bob);
      await setBlock(amy, bob);
    });
    startErasure();
    await app.runUpkeep(anew, { runs: 1 });
    await app.settle();
    expect(await listed(amy)).toEqual([bob]);
    expect((await ask(app, amy, getBlock, { params: { ref: bob } })).status).toBe(200);
  });
});

describe('a message that is on its way when the erasure looks', () => {
  test('came after it: it stays, whole and counted', async () => {
    const sending = meanwhile('send', async () => {
      startErasure();
      await app.settle();
    });
    const { threadId } = await start(app, bob, amy, {}, sending);
    await app.settle();
    expect(await app.stores.upkeep.erasure(amy)).toMatchObject({ removed: 0, done: true });
    expect(await textsOf(app, amy, threadId)).toEqual(['At noon.']);
    await fits();
  });

  test('comes to a side made anew with an early time, and stays whatever job is late', async () => {
    const { threadId } = await start(app, bob, amy);
    const job = startErasure();
    await app.runUpkeep();
    // A function whose clock lags, or whose call hung: its message is of the time before.
    await reply(app, bob, threadId, { body: 'early' }, { aheadMs: -1_500 });
    await app.relay();
    app.queue.send(JSON.stringify(job));
    await app.settle();
    expect(await textsOf(app, amy, threadId)).toEqual(['early']);
    expect(await unreadOf(app, amy)).toEqual({ count: 1, threads: 1 });
    await fits();
  });

  test.each([
    ['the other', bob],
    ['the erased itself', amy],
  ])('by a clock that lags (%s), comes after all that is deleted', async (_who, sender) => {
    const { threadId } = await start(app, bob, amy);
    const late = meanwhile('removeSide', async () =>
      reply(app, sender, threadId, { body: 'late' }, { aheadMs: -1_500 }),
    );
    startErasure();
    await app.runUpkeep(late);
    await app.settle();
    expect(await textsOf(app, amy, threadId)).toEqual(['late']);
    expect(await textsOf(app, bob, threadId)).toEqual(['late', 'At noon.']);
    await fits();
  });

  test('in a thread that was cleared belongs to the new life', async () => {
    const { threadId } = await start(app, bob, amy);
    const sending = meanwhile('send', async () => {
      startErasure();
      await app.runUpkeep({}, { runs: 1 });
    });
    await reply(app, bob, threadId, { body: 'late' }, sending);
    await app.settle();
    expect(await textsOf(app, amy, threadId)).toEqual(['late']);
    expect(await app.stores.upkeep.erasure(amy)).toMatchObject({ removed: 1, done: true });
    await fits();
  });
});

test('a message that is being written, item by item, while an erasure counts is counted or stays', async () => {
  for (let seed = 0; seed < 40; seed += 1) {
    app = new ConvosApp({ slow: true });
    const { threadId } = await start(app, amy, bob);
    startErasure();
    await together(
      app,
      [
        async () => {
          await app.runUpkeep();
        },
        ...[amy, bob].map((user) => async () => {
          await askReply(app, user, threadId);
        }),
      ],
      seed,
    );
    await app.settle();
    expect(await app.stores.upkeep.erasure(amy)).toMatchObject({ removed: 1, done: true });
    await fits();
  }
});

describe('runs of an erasure', () => {
  test.each<[string, Fault]>([
    ['before', diesBefore],
    ['after', diesAfter],
  ])(
    'that die %s any of their calls are followed by others, and count once',
    async (_at, fault) => {
      let deaths = 0;
      for (let at = 1; deaths === at - 1; at += 1) {
        app = new ConvosApp();
        const threadId = await furnish();
        let calls = 0;
        const faults = () => {
          calls += 1;
          if (calls !== at) return undefined;
          deaths += 1;
          return fault;
        };
        await app.settle({ faults });
        await expectErased(threadId);
      }
      expect(deaths).toBeGreaterThan(20);
    },
  );

  test('that come twice, at the same moment, do it once', async () => {
    for (let seed = 0; seed < 15; seed += 1) {
      app = new ConvosApp();
      const threadId = await furnish();
      expect(app.queue.messages()).toHaveLength(1);
      for (const { body } of app.queue.messages()) app.queue.send(body);
      await together(
        app,
        [
          async () => {
            await app.runUpkeep({}, { concurrency: 3 });
          },
          async () => app.relay(),
        ],
        seed,
      );
      await app.settle();
      await expectErased(threadId);
    }
  });

  test('that have no time left leave the rest to the next', async () => {
    const threadId = await furnish();
    const slow = meanwhile('sidesOf', async () => app.clock.sleep(31_000));
    await app.runUpkeep(slow, { runs: 1 });
    expect(app.queue.messages().map(({ body }) => body)).toEqual([
      expect.stringContaining('"kind":"erase"'),
    ]);
    await app.settle();
    await expectErased(threadId);
  });

  test('of a finished or an earlier erasure do nothing', async () => {
    const first = startErasure();
    await app.settle();
    const second = startErasure();
    await start(app, amy, bob);
    app.queue.send(JSON.stringify(first));
    await app.settle();
    expect(await app.stores.upkeep.erasure(amy)).toMatchObject({
      erasureId: second.erasureId,
      removed: 0,
      done: true,
    });
    for (const job of [first, second])
      app.queue.send(JSON.stringify({ ...job, startedAt: '2027-01-01T00:00:00Z' }));
    await app.settle();
    expect(await threadsOf(app, amy)).toHaveLength(1);
  });

  test('take more rows than one page holds', async () => {
    const long = await start(app, amy, bob);
    for (let sent = 1; sent < 230; sent += 1) await reply(app, bob, long.threadId);
    for (let made = 0; made < 130; made += 1) await start(app, `user:u${made}`, amy);
    for (let made = 0; made < 110; made += 1) await setBlock(amy, `user:u${made}`);
    startErasure();
    for (let sent = 0; sent < 120; sent += 1) await reply(app, bob, long.threadId);
    await app.settle();
    expect(await app.stores.upkeep.erasure(amy)).toMatchObject({ removed: 360, done: true });
    expect(await threadsOf(app, amy)).toMatchObject([{ messageCount: 120, unreadCount: 120 }]);
    expect(rowsOf(amy).filter((sk) => sk.startsWith('M#'))).toHaveLength(120);
    expect(rowsOf(amy).filter((sk) => sk.startsWith('B#'))).toEqual([]);
    expect(await contradictions(app.stores, [amy, bob])).toEqual([]);
  });
});
