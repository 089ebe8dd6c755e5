import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../lambdas/shared/stream-handler.ts';
import type { BusEvent } from '../../../lambdas/shared/events/domain-event.ts';
import { fitsBus } from '../../../lambdas/shared/events/event-bus.ts';
import { contentItem } from '../../../lambdas/push/content/content-rows.ts';
import type { StoredContent } from '../../../lambdas/push/content/content-store.ts';
import { keys, relayedChanges, selectJob } from '../../../lambdas/push/contract.ts';
import type { SelectJob } from '../../../lambdas/push/contract.ts';
import {
  claimedRow,
  finishedRow,
  madeRow,
  recordedRow,
  renewedRow,
} from '../../../lambdas/push/queue/row-changes.ts';
import { placeItem, rowItem } from '../../../lambdas/push/queue/row-rows.ts';
import type { Row } from '../../../lambdas/push/queue/row.ts';
import { statuses } from '../../../lambdas/push/queue/status.ts';
import { deliver, effectsOf, forgetAfterSeconds } from '../../../lambdas/push/relay.ts';
import type { Effect } from '../../../lambdas/push/relay.ts';
import { stableUlid } from '../../../lambdas/shared/identifier.ts';
import { storedStory } from './rules/rule-scene.ts';

type Item = Record<string, unknown>;

const changeOf = (before: Item | undefined, after: Item | undefined, id = 'change-1'): Change => ({
  id,
  atMs: 77_000,
  kind: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
  keys: { pk: String((after ?? before)?.['pk']), sk: String((after ?? before)?.['sk']) },
  before,
  after,
});
const item = (content: StoredContent | undefined) => content && contentItem(content);
const row = (of: Row | undefined) => of && rowItem(of);
const ofContent = (before: StoredContent | undefined, after: StoredContent | undefined) =>
  effectsOf(changeOf(item(before), item(after)));
const ofRow = (before: Row | undefined, after: Row | undefined) =>
  effectsOf(changeOf(row(before), row(after)));

const story = storedStory({ fields: { title: 'A', state: 10 } });
const changedStory = (more: Partial<StoredContent>): StoredContent => ({
  ...story,
  version: 2,
  updatedAt: '2026-11-21T10:30:05.123Z',
  ...more,
});
const file = (upload: string, sha256 = upload) => ({
  name: 'original',
  size: 3,
  sha256,
  key: `photo/7/original/${upload}`,
});
const select = {
  kind: 'select',
  ref: 'story:7',
  item: story.ulid,
  version: 2,
  created: false,
  atMs: Date.parse('2026-11-21T10:30:05.123Z'),
};

describe('a change of content is for the rules', () => {
  test('when it is new, with all its names', () => {
    const expected = { ...select, version: 1, created: true, atMs: Date.parse(story.updatedAt) };
    expect(ofContent(undefined, story)).toEqual([
      { job: { ...expected, changed: ['title', 'state'] } },
    ]);
    const empty = { ...story, fields: {} };
    expect(ofContent(undefined, empty)).toEqual([{ job: { ...expected, changed: [] } }]);
  });

  test.each<[string, Partial<StoredContent>, string[]]>([
    ['a field', { fields: { title: 'B', state: 10 } }, ['title']],
    [
      'a field that came and one that went',
      { fields: { title: 'A', photo: 'photo:1' } },
      ['photo', 'state'],
    ],
    ['its references', { related: ['story:8'] }, ['related']],
    ['a file', { binaries: [file('a')] }, ['original']],
  ])('when it is %s, with the names of what changed', (_what, more, changed) => {
    expect(ofContent(story, changedStory(more))).toEqual([{ job: { ...select, changed } }]);
  });

  test('and not when nothing but version, times and places differ', () => {
    const before = { ...story, binaries: [file('a', 'same')] };
    expect(ofContent(before, changedStory({ binaries: [file('a', 'same')] }))).toEqual([]);
  });

  test('and not when it goes', () => {
    expect(ofContent(story, undefined)).toEqual([]);
  });

  test('is the same job whenever it is handled again, and one that the queue takes', () => {
    const again = ofContent(story, changedStory({ related: ['story:8'] }));
    expect(ofContent(story, changedStory({ related: ['story:8'] }))).toEqual(again);
    for (const effect of again) expect(selectJob.parse('job' in effect && effect.job)).toBeTruthy();
  });
});

describe('a file that no item has any more is forgotten', () => {
  test('when another took its place', () => {
    const [before, after] = [{ ...story, binaries: [file('a')] }, { binaries: [file('b')] }];
    expect(ofContent(before, changedStory(after))).toEqual([
      { job: { ...select, changed: ['original'] } },
      { job: { kind: 'forget', keys: ['photo/7/original/a'] } },
    ]);
  });

  test('when its item is deleted', () => {
    const binaries = [file('a'), { ...file('b'), name: 'other' }];
    expect(ofContent({ ...story, binaries }, undefined)).toEqual([
      { job: { kind: 'forget', keys: ['photo/7/original/a', 'photo/7/original/b'] } },
    ]);
  });

  test('and not when it was written anew under its key', () => {
    const before = { ...story, binaries: [file('a', 'one')] };
    expect(ofContent(before, changedStory({ binaries: [file('a', 'two')] }))).toEqual([
      { job: { ...select, changed: ['original'] } },
    ]);
  });
});

const made = madeRow({
  ulid: stableUlid(5, 'row'),
  rule: 'partner-stories',
  target: 'partner-sftp',
  content: 'story:7',
  createdMs: 5,
});
const claimed = claimedRow(made, {
  claim: { lane: 'sftp://a#0', epoch: 3 },
  run: stableUlid(6, 'run'),
});
const ended = (status: 'PUSHED' | 'SEND_ERROR', message = 'as it went') =>
  finishedRow(claimed, { status, message, attempts: [] }, 9);
const eventsOf = (effects: Effect[]) =>
  effects.flatMap((one) => ('event' in one ? [one.event] : []));

const idOf = (id: string) =>
  eventsOf(effectsOf(changeOf(rowItem(claimed), rowItem(ended('PUSHED')), id)))[0]?.id;

describe('the end of a push is told to those who follow its content', () => {
  const data = {
    item: `push_${made.ulid}`,
    rule: 'partner-stories',
    target: 'partner-sftp',
    content: 'story:7',
    message: 'as it went',
    runId: `run_${claimed.run ?? ''}`,
  };

  test('when all files are there', () => {
    expect(eventsOf(ofRow(claimed, ended('PUSHED')))).toMatchObject([
      {
        type: 'push.succeeded',
        at: new Date(77_000).toISOString(),
        audience: ['story:7'],
        data: { ...data, status: 'PUSHED', statusCode: 50 },
      },
    ]);
  });

  test('when it failed', () => {
    expect(eventsOf(ofRow(claimed, ended('SEND_ERROR')))).toMatchObject([
      {
        type: 'push.failed',
        audience: ['story:7'],
        data: { ...data, status: 'SEND_ERROR', statusCode: 130 },
      },
    ]);
  });

  test('when a rule threw, with every status that there is, and without a run', () => {
    for (const status of statuses) {
      if (status === 'NEW' || status === 'IN_PROGRESS' || status === 'PUSHED') continue;
      const [event, ...more] = eventsOf(ofRow(undefined, recordedRow(made, status, 'no')));
      expect(more).toEqual([]);
      expect(event).toMatchObject({ type: 'push.failed', data: { status, message: 'no' } });
      expect(event?.data).not.toHaveProperty('runId');
    }
  });

  test('again when it was reset and failed again', () => {
    const again = {
      ...claimedRow(renewedRow(ended('SEND_ERROR')), {
        claim: { lane: 'l', epoch: 4 },
        run: made.ulid,
      }),
    };
    const after = finishedRow(again, { status: 'SEND_ERROR', message: '', attempts: [] }, 10);
    expect(eventsOf(ofRow(again, after))).toHaveLength(1);
  });

  test.each<[string, Row | undefined, Row | undefined]>([
    ['a row that waits', undefined, made],
    ['a row in progress', made, claimed],
    ['a reset', ended('SEND_ERROR'), renewedRow(ended('SEND_ERROR'))],
    ['a row that went', ended('PUSHED'), undefined],
    [
      'a change that leaves the status',
      ended('SEND_ERROR'),
      { ...ended('SEND_ERROR'), version: 9 },
    ],
  ])('and not by %s', (_what, before, after) => {
    expect(ofRow(before, after)).toEqual([]);
  });

  test('in an event that fits the bus, however long the message', () => {
    for (const letter of ['\u0001', '\uFFFF', '"', '\u{1F600}', 'é']) {
      const [event] = eventsOf(ofRow(claimed, ended('SEND_ERROR', letter.repeat(60_000))));
      const seen: BusEvent | undefined = event;
      expect(seen && fitsBus(seen)).toBe(true);
      expect(JSON.stringify(event)).toMatch(/"message":".{16000,}"/);
    }
  });

  test('under an id of the change', () => {
    expect(idOf('change-1')).toBe(idOf('change-1'));
    expect(idOf('change-1')).not.toBe(idOf('change-2'));
  });
});

test.each([
  placeItem(made, { row: made.ulid, version: 1 }),
  { ...keys.run('x') },
  { ...keys.lane('x') },
])('other items say nothing: %j', (other) => {
  expect(effectsOf(changeOf(undefined, other))).toEqual([]);
});

test('the stream brings every change from which something follows, and few others', () => {
  for (const [before, after, expected] of [
    [undefined, item(story), true],
    [item(story), item(changedStory({})), true],
    [item(story), undefined, true],
    [undefined, row(recordedRow(made, 'SUPERVISOR_ERROR', '')), true],
    [row(claimed), row(ended('PUSHED')), true],
    [row(ended('PUSHED')), undefined, false],
    [undefined, placeItem(made, { row: made.ulid, version: 1 }), false],
    [undefined, { ...keys.run('x') }, false],
    [undefined, { ...keys.lane('x') }, false],
  ] as [Item | undefined, Item | undefined, boolean][]) {
    const { keys: key, kind } = changeOf(before, after);
    const brought = relayedChanges.some(
      ({ pk, sk = '', kinds }) =>
        key.pk.startsWith(pk) && key.sk.startsWith(sk) && (kinds?.includes(kind) ?? true),
    );
    expect([key, kind, brought]).toEqual([key, kind, expected]);
  }
});

describe('effects are sent on', () => {
  const sent: { jobs: readonly SelectJob[]; delaySeconds: number | undefined }[] = [];
  const jobs = {
    send: (some: readonly SelectJob[], delaySeconds?: number) => {
      sent.push({ jobs: some, delaySeconds });
      return Promise.resolve();
    },
  };

  test('in their order: rules at once, files when what is being sent has had its time', async () => {
    const bus = {
      publish: (events: readonly BusEvent[]) => Promise.resolve(events.map(() => 'done' as const)),
    };
    const replaced = ofContent(
      { ...story, binaries: [file('a')] },
      changedStory({ binaries: [file('b')] }),
    );
    const effects = [...replaced, ...ofRow(claimed, ended('PUSHED')), ...replaced];
    expect(await deliver({ bus, jobs }, effects)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(
      sent.map(({ jobs: some, delaySeconds }) => [some.map(({ kind }) => kind), delaySeconds]),
    ).toEqual([
      [['select', 'select'], undefined],
      [['forget', 'forget'], forgetAfterSeconds],
    ]);
  });

  test('and what the bus refuses is told of its own effect', async () => {
    const bus = { publish: () => Promise.resolve([{ refused: 'no' }]) };
    const effects = [...ofContent(undefined, story), ...ofRow(claimed, ended('PUSHED'))];
    expect(await deliver({ bus, jobs }, effects)).toEqual(['done', { refused: 'no' }]);
  });
});
