import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { TransientError } from '../../../../lambdas/shared/errors.ts';
import type { Content } from '../../../../lambdas/shared/define/content-type.ts';
import type { PushRule, Supervisor } from '../../../../lambdas/shared/define/push-rule.ts';
import type { Row } from '../../../../lambdas/push/queue/row.ts';
import { faulty, faultsAt } from '../../../support/faulty.ts';
import { RuleScene, atMs, changeOf, sequential, storedStory } from './rule-scene.ts';

let scene: RuleScene;
const stored = storedStory();
beforeEach(async () => {
  scene = new RuleScene();
  await scene.content.put(stored);
});

/** A supervisor whose functions say what they are given to, and are asked in this order. */
function traced(answers: Partial<Record<keyof Supervisor, boolean>> = {}) {
  const trace: string[] = [];
  const filter = (name: keyof Supervisor) => () => {
    trace.push(name);
    return answers[name] ?? true;
  };
  const supervisor: Supervisor = {
    filterByType: filter('filterByType'),
    filterByUpdates: filter('filterByUpdates'),
    filterByState: filter('filterByState'),
    afterSelect: () => {
      trace.push('afterSelect');
    },
    outputs: () => {
      trace.push('outputs');
      return [];
    },
  };
  return { trace, supervisor };
}

/** An answer that takes its time. */
const later = async (answer: boolean) => {
  await setImmediate();
  return answer;
};

/** Has these pushed along. */
const enqueueing = (...refs: string[]) =>
  sequential('news', {
    afterSelect: (_content, { enqueue }) => {
      for (const ref of refs) enqueue(ref);
    },
  });

/** Reads content, and says in its own words when it can't. */
const reads = (name: string) =>
  sequential(name, {
    filterByState: async (_content, tools) => {
      try {
        return (await tools.content.get('story:7')) !== undefined;
      } catch (error) {
        throw new Error('could not read', { cause: error });
      }
    },
  });

async function* notWanted(): AsyncGenerator<Content> {
  yield await Promise.reject(new Error('not wanted'));
}

const bothNew = (rule: string) => [`${rule} here story:7 NEW`, `${rule} there story:7 NEW`];
const updated = changeOf(stored, { created: false });

describe('filters are asked in their order, until one says no', () => {
  const order = ['filterByType', 'filterByUpdates', 'filterByState', 'afterSelect'];

  test('all of them say yes: a row for each target', async () => {
    const { trace, supervisor } = traced();
    await scene.select([sequential('news', supervisor)], updated);
    expect(trace).toEqual(order);
    expect(await scene.queue()).toEqual(bothNew('news'));
  });

  test.each([
    ['filterByType', 1],
    ['filterByUpdates', 2],
    ['filterByState', 3],
  ] as const)('%s says no: nothing', async (name, asked) => {
    const { trace, supervisor } = traced({ [name]: false });
    await scene.select([sequential('news', supervisor)], updated);
    expect(trace).toEqual(order.slice(0, asked));
    expect(await scene.queue()).toEqual([]);
  });

  test('of new content nobody asks what changed', async () => {
    const { trace, supervisor } = traced({ filterByUpdates: false });
    await scene.select([sequential('news', supervisor)], changeOf(stored, { created: true }));
    expect(trace).toEqual(['filterByType', 'filterByState', 'afterSelect']);
    expect(await scene.queue()).toEqual(bothNew('news'));
  });

  test('they may take their time', async () => {
    await scene.select(
      [
        sequential('yes', {
          filterByType: async () => later(true),
          filterByState: async () => later(true),
        }),
        sequential('no', {
          filterByType: async () => later(true),
          filterByState: async () => later(false),
        }),
      ],
      updated,
    );
    expect(await scene.queue()).toEqual(bothNew('yes'));
  });

  test('a rule without filters selects everything it supervises', async () => {
    const none: PushRule = { ...sequential('none', {}), supervise: () => undefined };
    await scene.select([sequential('all', {}), none], updated);
    expect(await scene.queue()).toEqual(bothNew('all'));
  });

  test('a mass rule is not asked', async () => {
    const mass: PushRule = {
      ...sequential('mass', {}),
      kind: 'mass',
      items: notWanted,
    };
    await scene.select([mass], updated);
    expect(await scene.queue()).toEqual([]);
  });
});

test('filters see the content as it is now, what changed, and other content', async () => {
  await scene.content.put(storedStory({ ref: 'story:8', id: '8', fields: { title: 'Other' } }));
  await scene.content.put(storedStory({ version: 2, fields: { title: 'Now' } }));
  const seen: unknown[] = [];
  await scene.select(
    [
      sequential('news', {
        filterByUpdates: async (changed, content, tools) => {
          seen.push(changed, content, (await tools.content.get('story:8'))?.fields);
          return false;
        },
      }),
    ],
    changeOf(stored, { created: false, changed: ['title', 'state'] }),
  );
  const { ulid: _ulid, ...content } = storedStory({ version: 2, fields: { title: 'Now' } });
  expect(seen).toEqual([['title', 'state'], content, { title: 'Other' }]);
});

test('what one rule does to the content is not seen by another', async () => {
  const seen: unknown[] = [];
  const rule = (name: string) =>
    sequential(name, {
      filterByType: (content) => Boolean(Object.assign(content.fields, { title: name })),
      filterByState: async (content) => {
        await setImmediate();
        return Boolean(seen.push(content.fields['title']));
      },
    });
  await scene.select([rule('one'), rule('two')], updated);
  expect(seen).toEqual(['one', 'two']);
});

describe('nothing follows for content that', () => {
  test('is gone', async () => {
    await scene.content.remove(stored);
    await scene.select([sequential('news', {})], updated);
    expect(await scene.queue()).toEqual([]);
  });

  test('was deleted and made again: its making is a change of its own', async () => {
    await scene.content.remove(stored);
    const again = storedStory({ ulid: `${stored.ulid.slice(0, -1)}0` });
    await scene.content.put(again);
    await scene.select([sequential('news', {})], updated);
    expect(await scene.queue()).toEqual([]);
    await scene.select([sequential('news', {})], changeOf(again));
    expect(await scene.queue()).toEqual(bothNew('news'));
  });
});

type Broken = 'supervise' | 'filterByType' | 'filterByUpdates' | 'filterByState' | 'afterSelect';
const places: [Broken, string][] = [
  ['supervise', 'SUPERVISOR_ERROR'],
  ['filterByType', 'FILTER_BY_INSTANCE_TYPE_ERROR'],
  ['filterByUpdates', 'FILTER_BY_UPDATES_ERROR'],
  ['filterByState', 'FILTER_BY_STATE_ERROR'],
  ['afterSelect', 'SUPERVISOR_ERROR'],
];

/** A rule of which one function does something else. */
function broken(place: Broken, act: () => never | Promise<never>): PushRule {
  const rule = sequential('broken', {});
  if (place === 'supervise') return { ...rule, supervise: act };
  return sequential('broken', { [place]: act });
}

const never = async (): Promise<never> => new Promise<never>(() => undefined);
const failed = (rows: readonly Row[]) =>
  rows.filter(({ rule, status }) => rule === 'broken' && status !== 'NEW');

describe.each(places)('%s', (place, status) => {
  const selected = place === 'afterSelect' ? bothNew('broken') : [];
  const failures = [`broken here story:7 ${status}`, `broken there story:7 ${status}`];
  const expected = [...selected, ...failures, ...bothNew('other')].toSorted();

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('no such thing');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no such thing'))],
  ])('that %s ends in a row that says so, and other rules go on', async (_how, act) => {
    await scene.select([broken(place, act), sequential('other', {})], updated);
    expect(await scene.queue()).toEqual(expected);
    expect(failed(await scene.allRows()).map(({ message }) => message)).toEqual([
      'no such thing',
      'no such thing',
    ]);
  });

  test('that hangs ends so too when its time is over, and other rules do not wait', async () => {
    const selection = scene.select([broken(place, never), sequential('other', {})], updated);
    while (scene.asked !== 1) await setImmediate();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(await scene.queue()).toEqual([...selected, ...bothNew('other')].toSorted());
    scene.timeIsOver();
    await selection;
    expect(await scene.queue()).toEqual(expected);
    expect(failed(await scene.allRows())[0]?.message).toBe(`${place} did not end: a rule has 10 s`);
  });

  test('that throws again on a repeat makes no further row', async () => {
    const rules = [broken(place, async () => Promise.reject(new Error('once')))];
    await scene.select(rules, updated);
    const rows = await scene.allRows();
    await scene.select(rules, updated);
    expect(await scene.allRows()).toEqual(rows);
  });
});

test.each<[string, unknown, unknown]>([
  ['an error without a message', new RangeError(), 'RangeError'],
  ['a text', 'just so', 'just so'],
  ['nothing', undefined, 'undefined'],
  ['an object', { code: 7 }, '{ code: 7 }'],
  ['an object without a prototype', Object.create(null), expect.any(String)],
  ['a message with half a character', new Error('a\uD83D'), 'a\uFFFD'],
  ['a very long message', new Error('x'.repeat(500_000)), 'x'.repeat(16_000)],
])('%s may be thrown, too', async (_what, thrown, message) => {
  const reason: unknown = thrown;
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors
  await scene.select([broken('filterByState', async () => Promise.reject(reason))], updated);
  expect(failed(await scene.allRows())[0]?.message).toEqual(message);
});

describe('afterSelect', () => {
  test('has other content pushed by the same rule, to all targets, once', async () => {
    await scene.select([enqueueing('story:8', 'photo:1', 'story:8')], updated);
    expect(await scene.queue()).toEqual(
      ['photo:1', 'story:7', 'story:8']
        .flatMap((ref) => [`news here ${ref} NEW`, `news there ${ref} NEW`])
        .toSorted(),
    );
  });

  test('adds no second row for the content itself', async () => {
    await scene.select([enqueueing('story:7')], updated);
    expect(await scene.queue()).toEqual(bothNew('news'));
  });

  test.each(['story', 'film:1', 'user:amy', 'story:a b'])(
    'is told that %s is no content; what it said before counts',
    async (ref) => {
      await scene.select([enqueueing('story:8', ref)], updated);
      expect(await scene.queue()).toEqual([
        'news here story:7 NEW',
        'news here story:7 SUPERVISOR_ERROR',
        'news here story:8 NEW',
        'news there story:7 NEW',
        'news there story:7 SUPERVISOR_ERROR',
        'news there story:8 NEW',
      ]);
      const [row] = (await scene.rows.list({ status: 'failed' }, { after: undefined, limit: 1 }))
        .items;
      expect(row?.message).toContain(`enqueue('${ref}')`);
    },
  );

  test('has no more pushed along than 1,000', async () => {
    const refs = Array.from({ length: 1_001 }, (_none, place) => `story:n${place}`);
    await scene.select([enqueueing(...refs)], updated);
    expect(await scene.rows.count('NEW')).toBe(2 * 1_001);
    expect(await scene.rows.count('SUPERVISOR_ERROR')).toBe(2);
  });

  test('that took too long has nothing more pushed, and is not told', async () => {
    let ended = false;
    const late = Promise.withResolvers<undefined>();
    const slow = sequential('slow', {
      afterSelect: async (_content, { enqueue }) => {
        enqueue('story:8');
        await late.promise;
        enqueue('story:9');
        // Nobody is there to catch what it would throw.
        enqueue('no reference');
        ended = true;
      },
    });
    const selection = scene.select([slow], updated);
    while (scene.asked !== 1) await setImmediate();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    scene.timeIsOver();
    await selection;
    late.resolve(undefined);
    await setImmediate();
    expect(ended).toBe(true);
    expect((await scene.queue()).filter((row) => row.includes('story:9'))).toEqual([]);
    expect((await scene.queue()).filter((row) => row.includes('story:8'))).toHaveLength(2);
  });
});

describe('a job that comes again', () => {
  const rules = [sequential('news', {})];

  test('makes no second row, whatever became of the first', async () => {
    await scene.select(rules, updated);
    const [row] = await scene.allRows();
    const claim = { lane: 'here#0', epoch: 1 };
    const claimed = await scene.rows.claim(row?.ulid ?? '', { claim, run: stored.ulid });
    await scene.select(rules, updated);
    expect(await scene.allRows()).toHaveLength(2);
    if (claimed)
      await scene.rows.finish(claimed, { status: 'PUSHED', message: '', attempts: [] }, atMs);
    await scene.select(rules, updated);
    expect((await scene.allRows()).map(({ status }) => status).toSorted()).toEqual([
      'NEW',
      'PUSHED',
    ]);
  });

  test('of another version makes a row of its own when none is waiting', async () => {
    await scene.select(rules, updated);
    await scene.select(rules, changeOf(stored, { version: 2, created: false }));
    expect(await scene.queue()).toEqual(bothNew('news'));
    for (const { ulid } of await scene.allRows()) {
      await scene.rows.claim(ulid, { claim: { lane: 'here#0', epoch: 1 }, run: stored.ulid });
    }
    await scene.select(rules, changeOf(stored, { version: 3, created: false }));
    // An older one comes late: its content is as it is now, and waits already.
    await scene.select(rules, changeOf(stored, { version: 2, created: false }));
    expect(await scene.rows.count('NEW')).toBe(2);
    expect(await scene.rows.count('IN_PROGRESS')).toBe(2);
  });

  test('is made by the time of the change', async () => {
    await scene.select(rules, updated);
    expect((await scene.allRows()).map(({ createdMs }) => createdMs)).toEqual([atMs + 1, atMs + 1]);
  });
});

describe('what is out of reach for the moment', () => {
  const busy = { kind: 'refused', error: new TransientError('busy') } as const;

  test('is no fault of a rule: the job fails, the other rules have been asked, and a repeat ends it', async () => {
    const content = faulty(scene.content, { plan: faultsAt({ get: { 2: busy } }) });
    const rules = [reads('first'), sequential('other', {})];
    await expect(scene.select(rules, updated, { content })).rejects.toThrow('selected again');
    expect(await scene.queue()).toEqual(bothNew('other'));
    await scene.select(rules, updated);
    expect(await scene.queue()).toEqual([...bothNew('first'), ...bothNew('other')].toSorted());
  });

  test('leaves half of the rows, and a repeat makes the rest', async () => {
    const rows = faulty(scene.rows, { plan: faultsAt({ enqueue: { 2: busy } }) });
    const rules = [sequential('first', {}), sequential('other', {})];
    await expect(scene.select(rules, updated, { rows })).rejects.toThrow('selected again');
    expect(await scene.rows.count('NEW')).toBe(3);
    await scene.select(rules, updated);
    expect(await scene.rows.count('NEW')).toBe(4);
  });
});
