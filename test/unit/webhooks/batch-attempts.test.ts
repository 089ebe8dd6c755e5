import { expect, test } from '@jest/globals';
import { allAttempts, allTries, batchAttempts } from '../../../lambdas/webhooks/batch-attempts.ts';
import type { Attempt, Delivery, StoredStatus } from '../../../lambdas/webhooks/delivery.ts';
import type { BatchRecord } from '../../../lambdas/webhooks/lane-store.ts';

/** An attempt by its number: those that end in `ok` succeeded. */
function attempt(name: string): Attempt {
  const at = Number.parseInt(name, 10);
  return name.endsWith('ok')
    ? { at, durationMs: 1, status: 200 }
    : { at, durationMs: 1, status: 500, error: { kind: 'status', message: 'answered 500' } };
}

function delivery(more: Partial<Delivery> = {}): Delivery {
  return {
    ulid: 'M',
    hook: 'hook',
    owner: null,
    target: 'https://example.org/',
    event: { id: 'evt_1', type: 'follow.created' },
    status: 'stored',
    tries: 0,
    step: 0,
    attempts: [],
    epoch: 0,
    batch: 3,
    expiresAt: 9_999_999_999,
    version: 1,
    ...more,
  };
}

/** Records of posts: first and last delivery, and how it went. */
function record([first, last, name]: readonly [string, string, string]): BatchRecord {
  return { batch: 3, id: name, first, last, attempt: attempt(name), expiresAt: 9_999_999_999 };
}

interface Case {
  what: string;
  records: readonly (readonly [string, string, string])[];
  is?: Partial<Delivery>;
  /** Numbers of the attempts that are the delivery's. */
  own: number[];
}

const single = [attempt('9')];

const cases: Case[] = [
  { what: 'nothing was posted yet', records: [], own: [] },
  { what: 'it lay within', records: [['A', 'Z', '1ok']], own: [1] },
  { what: 'it was the first', records: [['M', 'Z', '1ok']], own: [1] },
  { what: 'it was the last', records: [['A', 'M', '1ok']], own: [1] },
  { what: 'it was the only one', records: [['M', 'M', '1ok']], own: [1] },
  {
    what: 'others lay before and behind it',
    records: [
      ['A', 'L', '1ok'],
      ['N', 'Z', '2ok'],
    ],
    own: [],
  },
  {
    what: 'two failed before it succeeded',
    records: [
      ['A', 'Z', '1'],
      ['A', 'Z', '2'],
      ['A', 'Z', '3ok'],
    ],
    own: [1, 2, 3],
  },
  {
    what: 'later batches lay around it, which had been posted well',
    records: [
      ['A', 'Z', '1'],
      ['L', 'N', '2ok'],
      ['A', 'Z', '3'],
      ['A', 'Z', '4ok'],
    ],
    own: [1, 2],
  },
  {
    what: 'it failed with two, and a third came later',
    records: [
      ['A', 'Z', '1'],
      ['A', 'Z', '2'],
      ['A', 'Z', '3'],
    ],
    is: { status: 'failed', tries: 2 },
    own: [1, 2],
  },
  {
    what: 'it was retried singly after one',
    records: [
      ['A', 'Z', '1'],
      ['A', 'Z', '2'],
    ],
    is: { status: 'delivered', tries: 2, attempts: single },
    own: [1],
  },
  {
    what: 'it was taken out before any post',
    records: [['A', 'Z', '1ok']],
    is: { status: 'delivered', tries: 1, attempts: single },
    own: [],
  },
  {
    what: 'it has more single attempts than tries',
    records: [
      ['A', 'Z', '1'],
      ['A', 'Z', '2'],
    ],
    is: { status: 'pending', tries: 0, attempts: single },
    own: [],
  },
];

test.each(cases)('posts of a batch are those of a delivery when $what', async (one) => {
  const lanes = { records: async () => Promise.resolve(one.records.map(record)) };
  const found = await batchAttempts(lanes, [delivery(one.is)]);
  expect(found.get('M')?.map(({ at }) => at)).toEqual(one.own);
});

test('records are read once for each batch of a hook, and not for what went with none', async () => {
  const reads: string[] = [];
  const lanes = {
    records: async (hook: string, batch: number) => {
      reads.push(`${hook} ${String(batch)}`);
      return Promise.resolve([record(['A', 'Z', `${String(batch)}ok`])]);
    },
  };
  const found = await batchAttempts(lanes, [
    delivery({ ulid: 'B' }),
    delivery({ ulid: 'C' }),
    delivery({ ulid: 'D', batch: 4 }),
    delivery({ ulid: 'E', hook: 'other', batch: 5 }),
    delivery({ ulid: 'F', batch: undefined }),
  ]);
  expect(reads.toSorted()).toEqual(['hook 3', 'hook 4', 'other 5']);
  const times = [...found].map(([ulid, [first]]) => `${ulid} ${String(first?.at)}`);
  expect(times).toEqual(['B 3', 'C 3', 'D 4', 'E 5']);
});

test('those of batches come first, and the newest 20 are kept', () => {
  const batches = Array.from({ length: 15 }, (_none, at) => attempt(String(at)));
  const attempts = Array.from({ length: 10 }, (_none, at) => attempt(String(100 + at)));
  const all = allAttempts(delivery({ attempts }), batches);
  expect(all).toEqual([...batches.slice(5), ...attempts]);
  expect(allAttempts(delivery({ attempts }))).toEqual(attempts);
});

test.each<[StoredStatus, number, number, number]>([
  ['stored', 0, 2, 2],
  ['stored', 3, 2, 3],
  ['stored', 0, 0, 0],
  ['failed', 2, 3, 2],
  ['delivered', 1, 0, 1],
])('one that is %s with %i tries and %i posts of batches has %i', (status, tries, posts, all) => {
  const batches = Array.from({ length: posts }, () => attempt('1'));
  expect(allTries(delivery({ status, tries }), batches)).toBe(all);
});
