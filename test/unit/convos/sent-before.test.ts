import { beforeEach, describe, expect, test } from '@jest/globals';
import { blockUser } from '../../../lambdas/convos/block-endpoints.ts';
import { deleteThread } from '../../../lambdas/convos/endpoints.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import { ask } from '../../support/convos-asking.ts';
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
import { answerLost, diesAfter, faultAt, meanwhile, together } from '../../support/convos-races.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
beforeEach(() => {
  app = new ConvosApp({ settings: { newThreadsPerHour: 2 } });
});

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const key = 'k';
const block = async (blocker: string, ref: string) =>
  ask(app, blocker, blockUser, { params: { ref } });

describe('a request with a key', () => {
  test('that is repeated gives what was sent first', async () => {
    const first = await start(app, amy, bob, { key });
    app.clock.advance(1_000);
    expect(await start(app, amy, bob, { key })).toEqual(first);
    const answer = await reply(app, bob, first.threadId, { key });
    expect(await reply(app, bob, first.threadId, { key })).toEqual(answer);
    expect(await threadOf(app, bob, first.threadId)).toMatchObject({ messageCount: 2 });
    expect(await threadsOf(app, bob)).toHaveLength(1);
  });

  test.each([
    ['at once', false],
    ['item by item', true],
  ])('of which fifty come at the same moment sends one message, written %s', async (_how, slow) => {
    app = new ConvosApp({ slow });
    const starts = await together(
      app,
      Array.from({ length: 50 }, () => async () => start(app, amy, bob, { key })),
    );
    expect(new Set(starts.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const [{ threadId } = { threadId: '' }] = starts;
    const replies = await together(
      app,
      Array.from({ length: 50 }, () => async () => reply(app, bob, threadId, { key })),
    );
    expect(new Set(replies.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await textsOf(app, amy, threadId)).toEqual(['Gladly.', 'At noon.']);
    expect(await threadsOf(app, bob)).toHaveLength(1);
    expect([await unreadOf(app, amy), await unreadOf(app, bob)]).toEqual([
      { count: 1, threads: 1 },
      { count: 1, threads: 1 },
    ]);
    expect(await contradictions(app.stores, [amy, bob])).toEqual([]);
  });

  test('is one of its caller and its path', async () => {
    const first = await start(app, amy, bob, { key });
    const other = await start(app, cat, bob, { key });
    const ids = [
      first,
      other,
      await reply(app, amy, first.threadId, { key, body: 'a' }),
      await reply(app, bob, first.threadId, { key, body: 'b' }),
      await reply(app, cat, other.threadId, { key, body: 'c' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
  });

  test.each([
    ['another body', { body: 'At one.' }, bob],
    ['another subject', { subject: 'Dinner?' }, bob],
    ['another recipient', {}, cat],
    ['text that moved from subject to body', { subject: 'Lunch', body: '?At noon.' }, bob],
  ])('and %s is 409, and sends nothing', async (_what, text, recipient) => {
    await start(app, amy, bob, { key });
    expect((await askStart(app, amy, recipient, { key, ...text })).status).toBe(409);
    expect(await threadsOf(app, amy)).toHaveLength(1);
    expect((await askStart(app, amy, bob, { key })).status).toBe(201);
  });

  test('that comes at the same moment with two bodies sends one, the other is 409', async () => {
    for (const seed of Array.from({ length: 20 }, (_, index) => index)) {
      app = new ConvosApp();
      const answers = await together(
        app,
        ['one', 'two'].map(
          (body) => async () => (await askStart(app, amy, bob, { key, body })).status,
        ),
        seed,
      );
      expect(new Set(answers)).toEqual(new Set([201, 409]));
      expect(await threadsOf(app, bob)).toHaveLength(1);
    }
  });

  test('was refused for another body once the first was sent only', async () => {
    await block(bob, amy);
    expect((await askStart(app, amy, bob, { key, body: 'one' })).status).toBe(403);
    expect((await askStart(app, amy, cat, { key, body: 'two' })).status).toBe(201);
  });
});

describe('a key', () => {
  test('counts for 24 hours, to the millisecond', async () => {
    const first = await start(app, amy, bob, { key });
    app.clock.advance(dayMs - 1);
    expect(await start(app, amy, bob, { key })).toEqual(first);
    expect((await askStart(app, amy, bob, { key, body: 'other' })).status).toBe(409);
    app.clock.advance(1);
    const second = await start(app, amy, bob, { key, body: 'other' });
    expect(second.id).not.toBe(first.id);
  });

  test('that is new again is remembered again, as often as that happens', async () => {
    const ids = new Set<string>();
    for (let day = 0; day < 4; day += 1) {
      const sent = await start(app, amy, bob, { key, body: `day ${day}` });
      ids.add(sent.id);
      app.clock.advance(hourMs);
      expect(await start(app, amy, bob, { key, body: `day ${day}` })).toEqual(sent);
      expect((await askStart(app, amy, bob, { key, body: 'other' })).status).toBe(409);
      app.clock.advance(dayMs);
    }
    expect(ids.size).toBe(4);
    expect(await threadsOf(app, bob)).toHaveLength(4);
  });

  test('sends once when its repeat comes on the other side of midnight', async () => {
    app.clock.advance(dayMs - (app.clock.now() % dayMs) - 1);
    let repeat: unknown;
    const overtaken = meanwhile('send', async () => {
      app.clock.advance(1_000);
      repeat = await start(app, amy, bob, { key });
    });
    expect(await start(app, amy, bob, { key }, overtaken)).toEqual(repeat);
    expect(await threadsOf(app, bob)).toHaveLength(1);
  });

  test('that is new again right after midnight is so at once', async () => {
    app.clock.advance(dayMs - (app.clock.now() % dayMs) + 10_000);
    const ids = new Set<string>();
    for (let day = 0; day < 3; day += 1) {
      const startMs = app.clock.now();
      const sent = await start(app, amy, bob, { key });
      ids.add(sent.id);
      expect(await start(app, amy, bob, { key })).toEqual(sent);
      expect(app.clock.now()).toBe(startMs);
      app.clock.advance(dayMs);
    }
    expect(ids.size).toBe(3);
  });

  test('that a clock beyond midnight sent under is found by one before it, at once', async () => {
    app.clock.advance(dayMs - (app.clock.now() % dayMs) - 20);
    const sent = await start(app, amy, bob, { key }, { aheadMs: 40 });
    const atMs = app.clock.now();
    expect(await start(app, amy, bob, { key })).toEqual(sent);
    expect(app.clock.now()).toBe(atMs);
  });

  test('is looked up in one read, however many days it was used on', async () => {
    for (let day = 0; day < 5; day += 1) {
      await start(app, amy, bob, { key, body: `day ${day}` });
      app.clock.advance(dayMs);
    }
    let reads = 0;
    const counted = meanwhile('sentUnder', () => {
      reads += 1;
      return Promise.resolve();
    });
    await start(app, amy, bob, { key, body: 'day 5' }, counted);
    expect(reads).toBe(1);
  });

  test('that is new again sends once, of fifty at the same moment', async () => {
    await start(app, amy, bob, { key });
    app.clock.advance(dayMs);
    const answers = await together(
      app,
      Array.from({ length: 50 }, () => async () => start(app, amy, bob, { key })),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await threadsOf(app, bob)).toHaveLength(2);
  });

  test('is known when both deleted the message, and its text is gone', async () => {
    const first = await start(app, amy, bob, { key });
    for (const user of [amy, bob]) await on(app, user, deleteThread, first.threadId);
    await app.settle();
    app.expire();
    expect(JSON.stringify(app.stores.table.all)).not.toContain('noon');
    expect(await start(app, amy, bob, { key })).toEqual(first);
    expect((await askStart(app, amy, bob, { key, body: 'other' })).status).toBe(409);
    expect(await threadsOf(app, bob)).toEqual([]);
  });

  test('is forgotten a day after both deleted the message', async () => {
    const first = await start(app, amy, bob, { key });
    for (const user of [amy, bob]) await on(app, user, deleteThread, first.threadId);
    await app.settle();
    app.clock.advance(dayMs);
    app.expire();
    const second = await start(app, amy, bob, { key });
    expect(second.id).not.toBe(first.id);
    await app.settle();
    expect(await textsOf(app, bob, second.threadId)).toEqual(['At noon.']);
  });
});

describe('the first answer is given to a repeat', () => {
  test.each([
    ['the recipient blocked the sender', bob, amy],
    ['the sender blocked the recipient', amy, bob],
  ])('also when %s since', async (_what, blocker, blocked) => {
    const first = await start(app, amy, bob, { key });
    const answer = await reply(app, amy, first.threadId, { key });
    await block(blocker, blocked);
    expect(await start(app, amy, bob, { key })).toEqual(first);
    expect(await reply(app, amy, first.threadId, { key })).toEqual(answer);
    expect((await askStart(app, amy, bob, { key: 'new' })).status).toBe(403);
    expect((await askReply(app, amy, first.threadId, { key: 'new' })).status).toBe(403);
  });

  test('also when the sender has started as many threads as it may since', async () => {
    const first = await start(app, amy, bob, { key });
    await start(app, amy, bob);
    expect((await askStart(app, amy, bob)).status).toBe(429);
    expect(await start(app, amy, bob, { key })).toEqual(first);
  });

  test('also when the sender deleted the thread', async () => {
    const first = await start(app, amy, bob, { key });
    const answer = await reply(app, amy, first.threadId, { key });
    await on(app, amy, deleteThread, first.threadId);
    expect(await reply(app, amy, first.threadId, { key })).toEqual(answer);
    expect(await start(app, amy, bob, { key })).toEqual(first);
    expect(await threadsOf(app, amy)).toEqual([]);
  });

  test('also when its twin was sent, and then a block came, while it looked', async () => {
    const twin = meanwhile('between', async () => {
      await start(app, amy, bob, { key });
      await block(bob, amy);
    });
    // A block that concerned either makes the sender look for one.
    await block(cat, bob);
    expect((await askStart(app, amy, bob, { key }, twin)).status).toBe(201);
    expect(await threadsOf(app, bob)).toHaveLength(1);
  });
});

describe('an answer that is lost', () => {
  test('is found again when a block came since, with a key and without', async () => {
    for (const each of [undefined, key]) {
      const { faults } = faultAt('send', answerLost);
      const { observed } = meanwhile('message', async () => block(bob, amy), each ? 2 : 1);
      const sent = await start(
        app,
        amy,
        bob,
        { key: each },
        { faults, ...(observed && { observed }) },
      );
      expect(await threadsOf(app, bob)).toMatchObject([{ id: sent.threadId }]);
      app = new ConvosApp();
    }
  });

  test('is found again when it was the last thread of the hour', async () => {
    await start(app, amy, bob);
    await start(app, amy, bob, {}, faultAt('send', answerLost));
    expect(await threadsOf(app, bob)).toHaveLength(2);
    expect((await askStart(app, amy, bob)).status).toBe(429);
  });

  test('with the function itself is found by the key', async () => {
    expect((await askStart(app, amy, bob, { key }, faultAt('send', diesAfter))).status).toBe(500);
    const { threadId } = await start(app, amy, bob, { key });
    expect(await threadsOf(app, bob)).toMatchObject([{ id: threadId, messageCount: 1 }]);
  });
});
