import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { indexes } from '../../../lambdas/push/contract.ts';
import type { Row } from '../../../lambdas/push/queue/row.ts';
import type { RowFilter, RowStore } from '../../../lambdas/push/queue/row-store.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import {
  claimedOf,
  finishedOf,
  newHold,
  newRow,
  pushed,
  sameAs,
  unsent,
} from '../../support/push/sample-rows.ts';
import { storesInMemory, storesInTable } from '../../support/push/stores.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const ofContent = async (rows: RowStore, content: string) =>
  (await rows.list({ content }, { after: undefined, limit: 100 })).items;

/** Of the temporary files of a row and of one of its workers. */
const markOf = (ulid: string, claims: number) => `${ulid.toLowerCase()}c${String(claims)}`;

const ulids = (found: readonly Row[]) => found.map(({ ulid }) => ulid);

/** All pages of a list. */
async function allOf(rows: RowStore, filter: RowFilter, limit: number): Promise<Row[]> {
  const found: Row[] = [];
  let after: string | undefined;
  do {
    const page = await rows.list(filter, { after, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    after = page.after;
  } while (after !== undefined);
  return found;
}

describe.each([
  ['the double in memory', () => storesInMemory().rows],
  ['the table', () => storesInTable(table).rows],
])('the queue in %s', (_name, make) => {
  test('a row that a change makes waits, with nothing done yet', async () => {
    const rows = make();
    const row = newRow();
    expect(await rows.get(row.ulid)).toBeUndefined();
    await rows.enqueue(row);
    expect(await rows.get(row.ulid)).toEqual({
      ...row,
      status: 'NEW',
      message: '',
      attempts: [],
      claims: 0,
      version: 1,
    });
  });

  test('no row joins one of the same rule, target and content that is NEW', async () => {
    const rows = make();
    const row = newRow();
    await rows.enqueue(row);
    await rows.enqueue(sameAs(row));
    await rows.enqueue({ ...sameAs(row), target: 'other' });
    await rows.enqueue({ ...sameAs(row), rule: 'other' });
    const found = await ofContent(rows, row.content);
    expect(found.map(({ rule, target }) => [rule, target])).toEqual([
      ['other', 'partner'],
      ['stories', 'other'],
      ['stories', 'partner'],
    ]);
  });

  test('a row knows what those before it may have left at the target, until one was pushed', async () => {
    const rows = make();
    const row = newRow();
    const claimed = await claimedOf(rows, row);
    await rows.renew(claimed);
    const again = await rows.claim(row.ulid, newHold());
    expect(again?.earlierMarks).toBeUndefined();
    const second = sameAs(row);
    await rows.enqueue(second);
    const ofFirst = [markOf(row.ulid, 1), markOf(row.ulid, 2)];
    expect((await rows.get(second.ulid))?.earlierMarks).toEqual(ofFirst);
    await rows.finish((await rows.claim(second.ulid, newHold()))!, unsent, 5);
    // A reset counts claims anew, and forgets no mark.
    await rows.renew((await rows.get(second.ulid))!);
    const reset = await rows.claim(second.ulid, newHold());
    expect(reset).toMatchObject({ claims: 1, earlierMarks: [...ofFirst, markOf(second.ulid, 1)] });
    await rows.finish(reset!, pushed, 6);
    const third = sameAs(row);
    await rows.enqueue(third);
    expect(await rows.get(third.ulid)).not.toHaveProperty('earlierMarks');
  });

  test('a row joins one that is in progress, and one that has ended', async () => {
    const rows = make();
    const row = newRow();
    const claimed = await claimedOf(rows, row);
    const second = sameAs(row);
    await rows.enqueue(second);
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toHaveLength(2);
    await rows.finish(claimed, pushed, 9);
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toHaveLength(2);
    await rows.claim(second.ulid, newHold());
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toHaveLength(3);
  });

  test('a row that was pushed is not made again by a repeat of its change', async () => {
    const rows = make();
    const row = newRow();
    const before = await finishedOf(rows, row, pushed);
    await rows.enqueue(row);
    expect(await rows.get(row.ulid)).toEqual(before);
    await rows.enqueue(sameAs(row));
    await rows.enqueue(row);
    expect(await rows.get(row.ulid)).toEqual(before);
    expect(await ofContent(rows, row.content)).toHaveLength(2);
  });

  test('a row that failed before it could wait is recorded once, and stands in no other’s way', async () => {
    const rows = make();
    const row = newRow();
    await rows.record(row, 'FILTER_BY_STATE_ERROR', 'boom');
    await rows.record(row, 'SUPERVISOR_ERROR', 'later');
    await rows.enqueue(row);
    expect(await rows.get(row.ulid)).toMatchObject({
      status: 'FILTER_BY_STATE_ERROR',
      message: 'boom',
      attempts: [],
      version: 1,
    });
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toHaveLength(2);
  });

  test('a row is claimed by one, who may ask again', async () => {
    const rows = make();
    const row = newRow();
    await rows.enqueue(row);
    const by = newHold();
    const claimed = await rows.claim(row.ulid, by);
    expect(claimed).toMatchObject({ ...by, status: 'IN_PROGRESS', claims: 1, version: 2 });
    expect(await rows.claim(row.ulid, by)).toEqual(claimed);
    expect(await rows.claim(row.ulid, newHold())).toBeUndefined();
    expect(await rows.claim(row.ulid, { ...by, claim: { ...by.claim, epoch: 2 } })).toBeUndefined();
    expect(await rows.get(row.ulid)).toEqual(claimed);
    expect(await rows.claim(newRow().ulid, by)).toBeUndefined();
  });

  test('a push ends with its outcome, once', async () => {
    const rows = make();
    const claimed = await claimedOf(rows, newRow());
    expect(await rows.finish(claimed, unsent, 77)).toBe(true);
    const { claim: _none, ...rest } = claimed;
    const ended = { ...rest, ...unsent, lastAttemptMs: 77, version: 3 };
    expect(await rows.get(claimed.ulid)).toEqual(ended);
    expect(await rows.finish(claimed, pushed, 78)).toBe(false);
    expect(await rows.get(claimed.ulid)).toEqual(ended);
    expect(await rows.claim(claimed.ulid, newHold())).toBeUndefined();
  });

  test('a worker that lost its row to another can’t end it', async () => {
    const rows = make();
    const lost = await claimedOf(rows, newRow());
    expect(await rows.renew(lost)).toBe('done');
    expect(await rows.finish(lost, pushed, 1)).toBe(false);
    const by = newHold();
    const theirs = await rows.claim(lost.ulid, by);
    expect(theirs).toMatchObject({ ...by, claims: 2 });
    expect(await rows.finish(lost, pushed, 1)).toBe(false);
    expect(await rows.get(lost.ulid)).toEqual(theirs);
  });

  test('a NEW row that nothing can push is refused; another is not', async () => {
    const rows = make();
    const row = newRow();
    await rows.enqueue(row);
    expect(await rows.refuse(row.ulid, 'PUSH_ERROR', 'no such target')).toBe(true);
    expect(await rows.get(row.ulid)).toMatchObject({
      status: 'PUSH_ERROR',
      message: 'no such target',
      version: 2,
    });
    const claimed = await claimedOf(rows, newRow());
    expect(await rows.refuse(claimed.ulid, 'PUSH_ERROR', 'no such target')).toBe(false);
    expect(await rows.get(claimed.ulid)).toEqual(claimed);
    expect(await rows.refuse(newRow().ulid, 'PUSH_ERROR', 'no such target')).toBe(false);
  });

  test('a failed row is NEW again with its attempts, without its message and claims', async () => {
    const rows = make();
    const failed = await finishedOf(rows, newRow(), unsent);
    expect(await rows.renew(failed)).toBe('done');
    expect(await rows.get(failed.ulid)).toEqual({
      ...failed,
      status: 'NEW',
      message: '',
      earlierMarks: [`${failed.ulid.toLowerCase()}c1`],
      claims: 0,
      version: failed.version + 1,
    });
    expect(await rows.claim(failed.ulid, newHold())).toMatchObject({ claims: 1 });
    expect(await rows.renew(failed)).toBe('changed');
  });

  test('the claims of dead workers count on', async () => {
    const rows = make();
    const first = await claimedOf(rows, newRow());
    expect(await rows.renew(first)).toBe('done');
    const second = await rows.claim(first.ulid, newHold());
    expect(second).toMatchObject({ claims: 2 });
    expect(second && (await rows.renew(second))).toBe('done');
    const renewed = await rows.get(first.ulid);
    expect(renewed).toMatchObject({ status: 'NEW', claims: 2 });
    expect(renewed?.claim).toBeUndefined();
  });

  test('a row is not NEW again beside another of the same, and keeps others away once it is', async () => {
    const rows = make();
    const row = newRow();
    const failed = await finishedOf(rows, row, unsent);
    const other = sameAs(row);
    await rows.enqueue(other);
    expect(await rows.renew(failed)).toBe('waiting');
    expect(await rows.get(row.ulid)).toEqual(failed);
    await rows.claim(other.ulid, newHold());
    expect(await rows.renew(failed)).toBe('done');
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toHaveLength(2);
  });

  test('a row that was only recorded can be pushed after all, alone', async () => {
    const rows = make();
    const row = newRow();
    await rows.record(row, 'SUPERVISOR_ERROR', 'boom');
    const [recorded] = await ofContent(rows, row.content);
    expect(recorded && (await rows.renew(recorded))).toBe('done');
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toMatchObject([{ ulid: row.ulid, status: 'NEW' }]);
  });

  test('a row that is gone is not renewed', async () => {
    const rows = make();
    const failed = await finishedOf(rows, newRow(), unsent);
    expect(await rows.remove(failed)).toBe(true);
    expect(await rows.renew(failed)).toBe('changed');
    expect(await rows.get(failed.ulid)).toBeUndefined();
  });

  test('a row is removed as it was read, and not when it has changed', async () => {
    const rows = make();
    const row = newRow();
    const failed = await finishedOf(rows, row, unsent);
    await rows.renew(failed);
    expect(await rows.remove(failed)).toBe(false);
    expect(await rows.get(row.ulid)).toBeDefined();
    const done = await finishedOf(rows, newRow(), pushed);
    expect(await rows.remove(done)).toBe(true);
    expect(await rows.get(done.ulid)).toBeUndefined();
    expect(await ofContent(rows, done.content)).toEqual([]);
  });

  test('the removal of an old row does not let two join that is NEW', async () => {
    const rows = make();
    const row = newRow();
    const old = await finishedOf(rows, row, pushed);
    await rows.enqueue(sameAs(row));
    expect(await rows.remove(old)).toBe(true);
    await rows.enqueue(sameAs(row));
    expect(await ofContent(rows, row.content)).toHaveLength(1);
    const last = await finishedOf(rows, newRow(), pushed);
    await rows.remove(last);
    await rows.enqueue(sameAs(last));
    await rows.enqueue(sameAs(last));
    expect(await ofContent(rows, last.content)).toHaveLength(1);
  });

  test('lists are newest first, page by page, and hold what all filters say', async () => {
    const rows = make();
    const rule = `rule-${newRow().ulid.toLowerCase()}`;
    const made = Array.from({ length: 7 }, (_none, place) =>
      newRow({ rule, target: place % 2 === 0 ? 'even' : 'odd' }),
    );
    for (const row of made) await rows.enqueue(row);
    const newest = made.map(({ ulid }) => ulid).toReversed();
    for (const limit of [1, 2, 7, 100]) {
      expect(ulids(await allOf(rows, { rule }, limit))).toEqual(newest);
    }
    const first = made[0] ?? newRow();
    expect(ulids(await allOf(rows, { rule, target: 'odd' }, 2))).toEqual(
      newest.filter((_ulid, place) => place % 2 === 1),
    );
    expect(ulids(await allOf(rows, { content: first.content }, 5))).toEqual([first.ulid]);
    expect(await allOf(rows, { content: first.content, target: 'odd' }, 5)).toEqual([]);
    expect(await allOf(rows, { content: first.content, status: 'PUSHED' }, 5)).toEqual([]);
    await rows.refuse(first.ulid, 'PUSH_ERROR', 'no');
    expect(ulids(await allOf(rows, { rule, status: 'NEW' }, 5))).toEqual(newest.slice(0, -1));
    for (const status of ['failed', 'PUSH_ERROR'] as const) {
      expect(ulids(await allOf(rows, { rule, status }, 5))).toEqual([first.ulid]);
      expect(ulids(await allOf(rows, { content: first.content, status }, 5))).toEqual([first.ulid]);
    }
    const [failed] = await allOf(rows, { rule, status: 'failed' }, 5);
    await rows.renew(
      failed ?? { ...first, status: 'NEW', message: '', attempts: [], claims: 0, version: 1 },
    );
    expect(await allOf(rows, { rule, status: 'failed' }, 5)).toEqual([]);
  });

  test('the oldest of a status come first, of a rule and of targets', async () => {
    const rows = make();
    const rule = `rule-${newRow().ulid.toLowerCase()}`;
    const targets = Array.from({ length: 250 }, (_none, place) => `target-${String(place)}`);
    const made = ['target-0', 'target-249', 'elsewhere', 'target-120'].map((target) =>
      newRow({ rule, target }),
    );
    for (const row of made) await rows.enqueue(row);
    await claimedOf(rows, newRow({ rule, target: 'target-1' }));
    const marks = made.map(({ createdMs: _none, ...mark }) => mark);
    const page = { after: undefined, limit: 10 };
    expect((await rows.oldest('NEW', { rule }, page)).items).toEqual(marks);
    expect((await rows.oldest('NEW', { rule, targets }, page)).items).toEqual(
      marks.filter(({ target }) => target !== 'elsewhere'),
    );
    expect((await rows.oldest('NEW', { rule, targets: [] }, page)).items).toEqual([]);
    expect((await rows.oldest('IN_PROGRESS', { rule }, page)).items).toHaveLength(1);
    const first = await rows.oldest('NEW', { rule }, { after: undefined, limit: 2 });
    expect(first.items).toEqual(marks.slice(0, 2));
    const rest = await rows.oldest('NEW', { rule }, { after: first.after, limit: 2 });
    expect(rest).toEqual({ items: marks.slice(2), after: undefined });
  });

  test('rows of a status are counted', async () => {
    const rows = make();
    const before = await rows.count('OUTPUT_MAKER_ERROR');
    for (let place = 0; place < 3; place += 1) {
      await rows.record(newRow(), 'OUTPUT_MAKER_ERROR', 'boom');
    }
    expect(await rows.count('OUTPUT_MAKER_ERROR')).toBe(before + 3);
  });

  test('of twenty that make a row of the same at the same moment, one does', async () => {
    const rows = make();
    const row = newRow();
    await Promise.all(Array.from({ length: 20 }, () => rows.enqueue(sameAs(row))));
    const found = await ofContent(rows, row.content);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ status: 'NEW', version: 1 });
  });

  test('of ten workers that claim a row at the same moment, one has it', async () => {
    const rows = make();
    const row = newRow();
    await rows.enqueue(row);
    const holds = Array.from({ length: 10 }, newHold);
    const claimed = await Promise.all(holds.map((by) => rows.claim(row.ulid, by)));
    const won = claimed.filter((one) => one !== undefined);
    expect(won).toHaveLength(1);
    expect(await rows.get(row.ulid)).toEqual(won[0]);
  });

  test('of ten that wish for a row at the same moment, one brings it about', async () => {
    const rows = make();
    const failed = await finishedOf(rows, newRow(), unsent);
    const renewals = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        rows.renew(failed, { wish: { atMs: 1_800_000_000_000, nonce: String(index) } }),
      ),
    );
    expect(renewals.filter((renewal) => renewal === 'done')).toHaveLength(1);
    expect(await rows.get(failed.ulid)).toMatchObject({
      status: 'NEW',
      wishedMs: 1_800_000_000_000,
      wish: String(renewals.indexOf('done')),
    });
  });

  test('ten that recover a row at the same moment make it NEW once', async () => {
    const rows = make();
    const dead = await claimedOf(rows, newRow());
    const renewals = await Promise.all(Array.from({ length: 10 }, () => rows.renew(dead)));
    expect(renewals).toContain('done');
    expect(renewals).not.toContain('waiting');
    expect(await rows.get(dead.ulid)).toMatchObject({ status: 'NEW', version: dead.version + 1 });
  });
});
