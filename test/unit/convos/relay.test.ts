import { describe, expect, test } from '@jest/globals';
import { copyRow, messageRow, sideRow } from '../../../lambdas/convos/convo-rows.ts';
import { keys } from '../../../lambdas/convos/contract.ts';
import type { UpkeepJob } from '../../../lambdas/convos/contract.ts';
import type { StoredMessage } from '../../../lambdas/convos/message.ts';
import { deliver, effectsOf } from '../../../lambdas/convos/relay.ts';
import type { Effect } from '../../../lambdas/convos/relay.ts';
import {
  emptySide,
  withAllRead,
  withCleared,
  withMark,
  withMessage,
} from '../../../lambdas/convos/thread-side.ts';
import type { MessageCopy } from '../../../lambdas/convos/thread-side.ts';
import { fitsBus } from '../../../lambdas/shared/events/event-bus.ts';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';
import type { Change } from '../../../lambdas/shared/stream-handler.ts';

const [amy, bob] = ['user:amy', 'user:bob'];
const [thread, ulid] = [firstUlidAt(5_000), firstUlidAt(6_000)];
const quiet = { bodyInEvents: false };
const open = { bodyInEvents: true };

const first: StoredMessage = {
  ulid: thread,
  thread,
  sender: amy,
  recipient: bob,
  subject: 'Lunch?',
  body: 'At noon.',
};
const reply: StoredMessage = { ...first, ulid, sender: bob, recipient: amy };
const copy: MessageCopy = {
  owner: amy,
  thread,
  ulid,
  other: bob,
  isSent: false,
  excerpt: 'At noon.',
  bytes: 10,
};
const side = withMessage(
  emptySide({ owner: amy, thread, other: bob, subject: 'Lunch?', last: ulid }),
  copy,
);

/** A change of a row, whose keys are its own. */
const changeOf = (
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown> | undefined,
  more: Partial<Change> = {},
): Change => ({
  id: 'change-1',
  atMs: 77_000,
  kind: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
  keys: { pk: String((after ?? before)?.['pk']), sk: String((after ?? before)?.['sk']) },
  before,
  after,
  ...more,
});
const eventsOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => ('event' in effect ? [effect.event] : []));
const jobsOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => ('job' in effect ? [effect.job] : []));

/** What a reply with that text is told with; the bus takes it. */
const dataOf = (body: string, subject = 'Lunch?') => {
  const change = changeOf(undefined, messageRow({ ...reply, subject, body }));
  const [event] = eventsOf(effectsOf(change, open));
  if (!event) throw new Error('it is not told');
  expect(fitsBus(event)).toBe(true);
  return event.data as { bodyExcerpt?: string; body?: string };
};

const marked = (read: boolean, readAt?: number) =>
  copyRow({ ...copy, mark: { isRead: read, reads: 0 }, ...(readAt !== undefined && { readAt }) });
const idOfRead = (more: Partial<Change>) =>
  eventsOf(effectsOf(changeOf(copyRow(copy), marked(true, 8_000), more), quiet))[0]?.id;

/** A bus with those outcomes, and a queue. */
const receivers = (outcomes: readonly ('done' | 'retry' | { refused: string })[]) => {
  const sent: UpkeepJob[] = [];
  let published = 0;
  return {
    sent,
    published: () => published,
    jobs: {
      send: (jobs: readonly UpkeepJob[]) => {
        sent.push(...jobs);
        return Promise.resolve();
      },
    },
    bus: {
      publish: (events: readonly unknown[]) => {
        published += events.length;
        return Promise.resolve([...outcomes]);
      },
    },
  };
};

describe('a message', () => {
  test('that begins a thread is told together with it, to both, without a word of its text', () => {
    const effects = effectsOf(changeOf(undefined, messageRow(first)), quiet);
    expect(eventsOf(effects)).toEqual([
      {
        id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/),
        type: 'thread.created',
        at: '1970-01-01T00:00:05.000Z',
        audience: [amy, bob],
        data: {
          id: `thr_${thread}`,
          subject: 'Lunch?',
          sender: amy,
          recipient: bob,
          createdAt: '1970-01-01T00:00:05.000Z',
        },
      },
      {
        id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/),
        type: 'message.sent',
        at: '1970-01-01T00:00:05.000Z',
        audience: [amy, bob],
        data: {
          id: `msg_${thread}`,
          threadId: `thr_${thread}`,
          subject: 'Lunch?',
          sender: amy,
          recipient: bob,
          sentAt: '1970-01-01T00:00:05.000Z',
        },
      },
    ]);
    expect(jobsOf(effects)).toEqual([]);
  });

  test('that replies is told alone', () => {
    const events = eventsOf(effectsOf(changeOf(undefined, messageRow(reply)), quiet));
    expect(events).toMatchObject([
      {
        type: 'message.sent',
        at: '1970-01-01T00:00:06.000Z',
        audience: [bob, amy],
        data: { id: `msg_${ulid}`, threadId: `thr_${thread}`, sender: bob, recipient: amy },
      },
    ]);
  });

  test('whose text went, or that went, is not told again', () => {
    const { body: _body, ...rest } = messageRow(first);
    expect(effectsOf(changeOf(messageRow(first), { ...rest, expiresAt: 9 }), open)).toEqual([]);
    expect(effectsOf(changeOf(messageRow(first), undefined), open)).toEqual([]);
  });

  test('is told with the same id when the change comes again, whatever its record is called', () => {
    const again = { id: 'change-2', atMs: 99_000 };
    const ids = [{}, again].map((more) =>
      eventsOf(effectsOf(changeOf(undefined, messageRow(first), more), quiet)).map(({ id }) => id),
    );
    expect(ids[0]).toEqual(ids[1]);
    expect(new Set(ids.flat()).size).toBe(2);
    const ofReply = eventsOf(effectsOf(changeOf(undefined, messageRow(reply)), quiet));
    expect(ids.flat()).not.toContain(ofReply[0]?.id);
  });
});

describe('with the setting, a message is told with its text', () => {
  test('and its excerpt', () => {
    expect(dataOf('At noon.')).toMatchObject({ bodyExcerpt: 'At noon.', body: 'At noon.' });
    const long = 'x'.repeat(51);
    expect(dataOf(long)).toMatchObject({ bodyExcerpt: `${'x'.repeat(49)}...`, body: long });
  });

  test('which the other events don’t get', () => {
    const effects = effectsOf(changeOf(undefined, messageRow(first)), open);
    expect(JSON.stringify(eventsOf(effects)[0])).not.toContain('noon');
    expect(JSON.stringify(eventsOf(effects)[1])).toContain('noon');
  });

  test.each([
    ['64,000 plain characters', 'x'.repeat(64_000)],
    ['64,000 quotes and backslashes, which take two bytes each', '\\"'.repeat(32_000)],
    ['64,000 characters of three bytes', '\u20AC'.repeat(64_000)],
    ['64,000 characters of four bytes', '\u{1F600}'.repeat(64_000)],
  ])('however large it is, and the bus takes it: %s', (_what, body) => {
    const data = dataOf(body, '\u{1F600}'.repeat(140));
    expect(data.body === body).toBe(true);
    expect(data.bodyExcerpt).toBe(`${Array.from(body).slice(0, 49).join('')}...`);
  });

  test('and without it where both deleted it already', () => {
    const { body: _body, ...bare } = reply;
    const [event] = eventsOf(effectsOf(changeOf(undefined, messageRow(bare)), open));
    expect(Object.keys(event?.data ?? {})).not.toContain('body');
    expect(Object.keys(event?.data ?? {})).not.toContain('bodyExcerpt');
  });
});

describe('a copy', () => {
  test('that is read is told to reader and sender', () => {
    const effects = effectsOf(changeOf(copyRow(copy), marked(true, 8_000)), open);
    expect(effects).toEqual([
      {
        event: {
          id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/),
          type: 'message.read',
          at: '1970-01-01T00:00:08.000Z',
          audience: [amy, bob],
          data: {
            id: `msg_${ulid}`,
            threadId: `thr_${thread}`,
            reader: amy,
            sender: bob,
            readAt: '1970-01-01T00:00:08.000Z',
          },
        },
      },
    ]);
  });

  test('that is read again after it was marked unread is told again', () => {
    expect(effectsOf(changeOf(marked(true, 8_000), marked(false, 8_000)), quiet)).toEqual([]);
    const again = changeOf(marked(false, 8_000), marked(true, 9_000));
    expect(eventsOf(effectsOf(again, quiet))).toHaveLength(1);
  });

  test('is told with the same id when the change comes again, with another one for another', () => {
    expect(idOfRead({ atMs: 99_000 })).toBe(idOfRead({}));
    expect(idOfRead({ id: 'change-2' })).not.toBe(idOfRead({}));
  });

  test('of one’s own that is marked is told to nobody', () => {
    const own = { ...copy, isSent: true };
    const change = changeOf(copyRow(own), copyRow({ ...own, mark: { isRead: true, reads: 0 } }));
    expect(effectsOf(change, quiet)).toEqual([]);
  });

  test('that is new says nothing', () => {
    expect(effectsOf(changeOf(undefined, copyRow(copy)), open)).toEqual([]);
  });

  test('that is gone makes one look whether anybody holds its message', () => {
    expect(effectsOf(changeOf(copyRow(copy), undefined), quiet)).toEqual([
      { job: { kind: 'release', copies: [{ thread, ulid, other: bob }] } },
    ]);
  });
});

describe('a side', () => {
  const read = withAllRead(side, 8_000);

  test('whose thread was read is told to reader and sender, up to its last message', () => {
    expect(effectsOf(changeOf(sideRow(side), sideRow(read)), open)).toMatchObject([
      {
        event: {
          type: 'message.read',
          at: '1970-01-01T00:00:08.000Z',
          audience: [amy, bob],
          data: {
            upTo: `msg_${ulid}`,
            threadId: `thr_${thread}`,
            reader: amy,
            sender: bob,
            readAt: '1970-01-01T00:00:08.000Z',
          },
        },
      },
    ]);
  });

  test('whose thread had nothing unread is not told', () => {
    const change = changeOf(sideRow(read), sideRow(withAllRead(read, 9_000)));
    expect(effectsOf(change, quiet)).toEqual([]);
  });

  test('that was deleted has its copies removed', () => {
    const cleared = withCleared(read, ulid);
    expect(effectsOf(changeOf(sideRow(read), sideRow(cleared)), quiet)).toEqual([
      { job: { kind: 'clear', owner: amy, thread, upTo: ulid } },
    ]);
    const later = withMessage(cleared, { ...copy, ulid: firstUlidAt(7_000) });
    expect(effectsOf(changeOf(sideRow(cleared), sideRow(later)), quiet)).toEqual([]);
    const again = withCleared(later, later.last);
    expect(effectsOf(changeOf(sideRow(later), sideRow(again)), quiet)).toMatchObject([
      { job: { upTo: firstUlidAt(7_000) } },
    ]);
  });

  test.each([
    ['that is new', undefined, side],
    ['with a message more', side, withMessage(side, { ...copy, ulid: firstUlidAt(7_000) })],
    ['with a message marked', side, withMark(side, copy, true)],
    ['that an erasure removed', withCleared(read, ulid), undefined],
  ])('%s says nothing', (_what, before, after) => {
    expect(effectsOf(changeOf(before && sideRow(before), after && sideRow(after)), open)).toEqual(
      [],
    );
  });
});

describe('an erasure', () => {
  const row = { pk: `ER#${amy}`, sk: 'ER', erasureId: ulid, removed: 3, done: false };

  test('is told whenever it gets further, to nobody in particular', () => {
    expect(effectsOf(changeOf(row, { ...row, done: true }), quiet)).toMatchObject([
      {
        event: {
          type: 'erasure.progressed',
          at: '1970-01-01T00:01:17.000Z',
          audience: [],
          data: { ref: amy, erasureId: ulid, part: 'convos', removed: 3, done: true },
        },
      },
    ]);
    expect(eventsOf(effectsOf(changeOf(undefined, row), quiet))).toHaveLength(1);
    expect(effectsOf(changeOf(row, undefined), quiet)).toEqual([]);
  });
});

test.each([
  ['a user’s state', keys.state(amy)],
  ['threads of an hour', keys.hour(amy, 7)],
  ['a block', keys.block(amy, ulid)],
  ['a pair', keys.pair(amy, bob)],
  ['the key of cursors', { pk: 'CURSOR', sk: 'KEY' }],
])('nothing follows from %s', (_what, key) => {
  const row = { ...key, unread: 1, blocked: bob };
  for (const change of [
    changeOf(undefined, row),
    changeOf(row, { ...row, unread: 2 }),
    changeOf(row, undefined),
  ]) {
    expect(effectsOf(change, open)).toEqual([]);
  }
});

test.each([
  ['message', undefined, messageRow(first), { ulid: 'soon' }],
  ['side', sideRow(side), sideRow(side), { unread: -1 }],
  ['copy', copyRow(copy), copyRow(copy), { sent: 'yes' }],
])('a %s that is none of ours is refused', (_what, before, row, mistake) => {
  const change = changeOf(before, { ...row, ...mistake });
  expect(() => effectsOf(change, quiet)).toThrow(Object.keys(mistake)[0]);
});

describe('delivery', () => {
  const removed = (count: number) =>
    Array.from({ length: count }, (_, index): Effect => ({
      job: { kind: 'release', copies: [{ thread, ulid: firstUlidAt(index), other: bob }] },
    }));
  const told = effectsOf(changeOf(undefined, messageRow(first)), quiet);
  const clear: Effect = { job: { kind: 'clear', owner: amy, thread, upTo: ulid } };

  test('tells for each effect in order what became of it', async () => {
    const to = receivers(['retry', { refused: 'too large' }]);
    const [one, two] = removed(2);
    const effects = [one, told[0], clear, told[1], two].filter((effect) => effect !== undefined);
    expect(await deliver(to, effects)).toEqual([
      'done',
      'retry',
      'done',
      { refused: 'too large' },
      'done',
    ]);
    expect(to.published()).toBe(2);
  });

  test('takes removed copies together, at most a hundred in a job, each of them once', async () => {
    const to = receivers([]);
    expect(await deliver(to, [...removed(250), clear])).toEqual(Array(251).fill('done'));
    const releases = to.sent.filter((job) => job.kind === 'release');
    expect(releases.map(({ copies }) => copies.length)).toEqual([100, 100, 50]);
    const ulids = releases.flatMap(({ copies }) => copies.map((one) => one.ulid));
    expect(new Set(ulids).size).toBe(250);
    expect(to.sent.filter((job) => job.kind === 'clear')).toEqual([
      { kind: 'clear', owner: amy, thread, upTo: ulid },
    ]);
  });

  test('publishes nothing when jobs cannot be sent: all of it comes again', async () => {
    const to = receivers(['done', 'done']);
    const jobs = { send: () => Promise.reject(new Error('full')) };
    await expect(deliver({ ...to, jobs }, [...removed(1), ...told])).rejects.toThrow('full');
    expect(to.published()).toBe(0);
  });

  test('of nothing calls nobody', async () => {
    const to = receivers([]);
    expect(await deliver(to, [])).toEqual([]);
    expect([to.sent, to.published()]).toEqual([[], 0]);
  });
});
