import { isDeepStrictEqual } from 'node:util';
import type { Page } from '../../../lambdas/push/page.ts';
import {
  claimedRow,
  finishedRow,
  madeRow,
  recordedRow,
  refusedRow,
  renewedRow,
} from '../../../lambdas/push/queue/row-changes.ts';
import type { Claim, Outcome, Row, RowMark } from '../../../lambdas/push/queue/row.ts';
import type {
  NewRow,
  Renewal,
  Renewing,
  RowFilter,
  RowStore,
} from '../../../lambdas/push/queue/row-store.ts';
import type { FailedStatus, Status } from '../../../lambdas/push/queue/status.ts';
import { isWanted } from '../../../lambdas/push/queue/wanted-row.ts';
import { jsonCopy } from './json-copy.ts';
import { pageOf } from './page-of.ts';

/** The queue by the rules of its table. */
export class InMemoryRowStore implements RowStore {
  readonly #rows = new Map<string, Row>();
  /** Which row a rule, target and content had last. */
  readonly #places = new Map<string, string>();

  enqueue(row: NewRow): Promise<void> {
    if (!this.#rows.has(row.ulid) && this.#waiting(row) === undefined) {
      const before = this.#rows.get(this.#places.get(placeOf(row)) ?? '');
      this.#keep(madeRow(row, before));
      this.#places.set(placeOf(row), row.ulid);
    }
    return Promise.resolve();
  }

  record(row: NewRow, status: FailedStatus, message: string): Promise<void> {
    if (!this.#rows.has(row.ulid)) this.#keep(recordedRow(row, status, message));
    return Promise.resolve();
  }

  get(ulid: string): Promise<Row | undefined> {
    const row = this.#rows.get(ulid);
    return Promise.resolve(row && jsonCopy(row));
  }

  list(filter: RowFilter, page: { after: string | undefined; limit: number }): Promise<Page<Row>> {
    const found = [...this.#rows.values()].filter((row) => isWanted(row, filter));
    return Promise.resolve(pageOf(found, { ...page, order: 'desc' }));
  }

  oldest(
    status: Status,
    { rule, targets }: { rule?: string | undefined; targets?: readonly string[] | undefined },
    page: { after: string | undefined; limit: number },
  ): Promise<Page<RowMark>> {
    const found = [...this.#rows.values()]
      .filter((row) => isWanted(row, { status, rule }))
      .filter((row) => targets === undefined || targets.includes(row.target))
      .map(({ ulid, rule: by, target, content }) => ({ ulid, rule: by, target, content }));
    return Promise.resolve(pageOf(found, { ...page, order: 'asc' }));
  }

  count(status: Status): Promise<number> {
    return Promise.resolve([...this.#rows.values()].filter((row) => row.status === status).length);
  }

  claim(ulid: string, by: { claim: Claim; run: string }): Promise<Row | undefined> {
    const row = this.#rows.get(ulid);
    const isTheirs =
      row?.status === 'IN_PROGRESS' && row.run === by.run && isDeepStrictEqual(row.claim, by.claim);
    if (isTheirs) return Promise.resolve(jsonCopy(row));
    if (row?.status !== 'NEW') return Promise.resolve(undefined);
    return Promise.resolve(this.#keep(claimedRow(row, by)));
  }

  finish(row: Row, outcome: Outcome, nowMs: number): Promise<boolean> {
    const after = finishedRow(row, outcome, nowMs);
    return Promise.resolve(this.#follows(row, after));
  }

  refuse(ulid: string, status: FailedStatus, message: string): Promise<boolean> {
    const row = this.#rows.get(ulid);
    if (row?.status === 'NEW') this.#keep(refusedRow(row, status, message));
    const now = this.#rows.get(ulid);
    return Promise.resolve(now?.status === status && now.message === message);
  }

  renew(row: Row, how?: Renewing): Promise<Renewal> {
    const waiting = this.#waiting(row);
    if (waiting !== undefined && waiting.ulid !== row.ulid) return Promise.resolve('waiting');
    const isDone = this.#follows(row, renewedRow(row, how));
    if (isDone) this.#places.set(placeOf(row), row.ulid);
    return Promise.resolve(isDone ? 'done' : 'changed');
  }

  remove({ ulid, version }: Row): Promise<boolean> {
    const stored = this.#rows.get(ulid);
    if (stored?.version === version) this.#rows.delete(ulid);
    return Promise.resolve(!this.#rows.has(ulid));
  }

  /** The NEW row of a rule, target and content: at most one. */
  #waiting({ rule, target, content }: RowMark): Row | undefined {
    return [...this.#rows.values()].find((row) =>
      isWanted(row, { status: 'NEW', rule, target, content }),
    );
  }

  /** Stores what follows on a row as it was read. @returns whether it is stored, by this call or before */
  #follows(row: Row, after: Row): boolean {
    const stored = this.#rows.get(row.ulid);
    if (stored?.version === row.version) this.#keep(after);
    return isDeepStrictEqual(this.#rows.get(row.ulid), jsonCopy(after));
  }

  #keep(row: Row): Row {
    this.#rows.set(row.ulid, jsonCopy(row));
    return jsonCopy(row);
  }
}

function placeOf({ rule, target, content }: RowMark): string {
  return JSON.stringify([rule, target, content]);
}
