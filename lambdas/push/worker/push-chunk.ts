import { atOnce } from '../../shared/at-once.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';
import { PermanentError } from '../../shared/errors.ts';
import { persist } from '../../shared/persist.ts';
import type { Outcome, Row } from '../queue/row.ts';
import { hasFailed } from '../queue/status.ts';
import { takeBack } from '../runs/recover.ts';
import type { Counts, Run } from '../runs/run.ts';
import type { KeptConnection } from './kept-connection.ts';
import { outcomeOf } from './outcome.ts';
import { prepareRow } from './prepare-row.ts';
import type { Prepared, RowParcel } from './prepare-row.ts';
import { sendRounds } from './rounds.ts';
import type { WorkParts } from './work-parts.ts';

/** Rows whose files are made at the same time. */
const preparedAtOnce = 4;

/** Time after which no more files of rows are made: that is to leave time for sending them. */
const prepareWithinMs = 60_000;

/** How long the end of a row is tried to be stored. */
const finishPatienceMs = 10_000;

/** What a worker does with rows that it has taken. */
export interface Chunk {
  run: Run;
  rows: readonly Row[];
  kept: KeptConnection;
  lost: AbortSignal;
  late: AbortSignal;
  /** These are the first rows that the worker has. */
  isFirst: boolean;
}

/**
 * Makes the files of rows, sends them, and stores what became of each, whatever becomes of the others.
 *
 * @returns the ULIDs of rows that are to be tried again later
 * @throws why `lost` came; TransientError when nothing could be stored
 */
export async function pushChunk(parts: WorkParts, chunk: Chunk): Promise<string[]> {
  const counts: Counts = { selected: 0, pushed: 0, failed: 0 };
  const messages: string[] = [];
  const again: string[] = [];

  const finish = async (row: Row, outcome: Outcome): Promise<void> => {
    chunk.lost.throwIfAborted();
    const pace = { now: parts.now, sleep: parts.pause, random: parts.random };
    const isStored = await persist({ ...pace, patienceMs: finishPatienceMs }, () =>
      parts.rows.finish(row, outcome, parts.now()),
    );
    if (!isStored) return;
    const failed = hasFailed(outcome.status);
    counts[failed ? 'failed' : 'pushed'] += 1;
    if (failed) messages.push(failureOf(row, outcome));
    parts.meter.count(failed ? 'PushesFailed' : 'PushesSucceeded', 1);
  };
  const putBack = async (row: Row): Promise<void> => {
    again.push(row.ulid);
    await takeBack(parts, row, { isReturned: true });
  };

  const prepared = await prepareAll(parts, chunk);
  chunk.lost.throwIfAborted();
  for (const one of prepared) {
    if ('outcome' in one) await finish(one.row, one.outcome);
    else if ('disturbed' in one) await putBack(one.row);
  }
  const parcels = prepared.flatMap((one) => ('parcel' in one ? one.parcel : []));
  for (const [target, some] of byTarget(parts, parcels)) {
    const isFirst = chunk.isFirst && some[0] === parcels[0];
    const untried = await sendRounds(parts, { ...chunk, target, isFirst }, some, (parcel, sent) =>
      finish(parcel.row, outcomeOf(parcel.problems, sent, parcel.row.attempts)),
    );
    for (const { row } of untried) await putBack(row);
  }
  counts.selected = chunk.rows.length - again.length;
  await parts.runs.progress(chunk.run.ulid, { counts, messages }, parts.now());
  return again;
}

function prepareAll(parts: WorkParts, { rows, lost, late }: Chunk): Promise<Prepared[]> {
  const signal = AbortSignal.any([lost, late]);
  const untilMs = parts.now() + prepareWithinMs;
  const prepared = async (row: Row): Promise<Prepared> => {
    const noTime: Prepared = { row, disturbed: 'there was no time left to make its files' };
    if (parts.now() > untilMs) return noTime;
    try {
      return await prepareRow(parts, row, signal);
    } catch (error) {
      lost.throwIfAborted();
      if (late.aborted) return noTime;
      throw error;
    }
  };
  return atOnce(rows, prepared, preparedAtOnce);
}

function byTarget(
  { book }: Pick<WorkParts, 'book'>,
  parcels: readonly RowParcel[],
): Map<PushTarget, RowParcel[]> {
  const groups = new Map<PushTarget, RowParcel[]>();
  for (const parcel of parcels) {
    const target = book.targets.get(parcel.row.target);
    // Only rows of known targets are taken.
    if (target === undefined) throw new PermanentError(`no target ${parcel.row.target}`);
    const group = groups.get(target) ?? [];
    group.push(parcel);
    groups.set(target, group);
  }
  return groups;
}

/** What a run says of a row that failed. */
function failureOf({ rule, target, content }: Row, { status, message }: Outcome): string {
  const [first = ''] = message.split('\n');
  return `${content} by ${rule} to ${target}: ${status}: ${first}`;
}
