import type { Claim, Outcome, Row } from '../../../lambdas/push/queue/row.ts';
import type { NewRow, RowStore } from '../../../lambdas/push/queue/row-store.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';

let lastMs = 1_760_000_000_000;

/** A row of a change, later than those before. */
export function newRow(more: Partial<NewRow> = {}): NewRow {
  lastMs += 1_000;
  return {
    ulid: randomUlid(lastMs),
    rule: 'stories',
    target: 'partner',
    content: `story:${randomUlid(lastMs)}`,
    createdMs: lastMs,
    ...more,
  };
}

/** Another row of the same rule, target and content. */
export function sameAs({ rule, target, content }: NewRow | Row): NewRow {
  return newRow({ rule, target, content });
}

/** A worker's hold on rows, unlike that of any other. */
export function newHold(): { claim: Claim; run: string } {
  lastMs += 1_000;
  return {
    claim: { lane: `sftp://files.example.org#${String(lastMs)}`, epoch: 1 },
    run: randomUlid(lastMs),
  };
}

export const pushed: Outcome = {
  status: 'PUSHED',
  message: "[2026-01-02T03:04:05.000Z] 'story_7.xml': push SUCCESS",
  attempts: [{ atMs: 7, durationMs: 8, outcome: 'sent', message: 'push SUCCESS' }],
};

export const unsent: Outcome = {
  status: 'SEND_ERROR',
  message: 'no',
  attempts: [{ atMs: 7, durationMs: 8, outcome: 'failed', message: 'no' }],
};

/** A row in a worker's hands. */
export async function claimedOf(rows: RowStore, row: NewRow, by = newHold()): Promise<Row> {
  await rows.enqueue(row);
  const claimed = await rows.claim(row.ulid, by);
  if (claimed === undefined) throw new Error('was not NEW');
  return claimed;
}

/** A row whose push has ended. */
export async function finishedOf(rows: RowStore, row: NewRow, outcome: Outcome): Promise<Row> {
  await rows.finish(await claimedOf(rows, row), outcome, row.createdMs + 5);
  const finished = await rows.get(row.ulid);
  if (finished === undefined) throw new Error('is gone');
  return finished;
}
