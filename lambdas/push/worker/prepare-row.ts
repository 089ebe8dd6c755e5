import type { PushRule } from '../../shared/define/push-rule.ts';
import type { Content } from '../../shared/define/content-type.ts';
import { TransientError } from '../../shared/errors.ts';
import type { ExportProblem } from '../export/exporter.ts';
import { outboxFolder } from '../export/outbox.ts';
import type { Outcome, Row } from '../queue/row.ts';
import { earlierRowMarks, rowMark } from '../queue/row-marks.ts';
import { messageOf } from './messages.ts';
import { unsent } from './outcome.ts';
import { parcelName } from './parcel-name.ts';
import type { Parcel } from './shipment.ts';
import { withinTime } from './unless-aborted.ts';
import type { WorkParts } from './work-parts.ts';

/** A row with its files. */
export interface RowParcel extends Parcel {
  row: Row;
  problems: readonly ExportProblem[];
}

/**
 * `parcel`: files to be sent. `outcome`: there are none, and never will be. `disturbed`: storage was out
 * of reach, which may be no fault of the row's.
 */
export type Prepared = { row: Row } & (
  | { parcel: RowParcel }
  | { outcome: Outcome }
  | { disturbed: string }
);

type PrepareParts = Pick<WorkParts, 'book' | 'exporter' | 'tools' | 'now' | 'pause'>;

/** Time in which the files of one row are made. */
const exportWithinMs = 240_000;

/**
 * Makes the files of a row from its content as it is now. Whatever goes wrong is this row's alone.
 *
 * @throws why the signal came
 */
export async function prepareRow(
  parts: PrepareParts,
  row: Row,
  signal: AbortSignal,
): Promise<Prepared> {
  const rule = parts.book.rules.get(row.rule);
  const failed = (status: ExportProblem['status'], message: string): Prepared => ({
    row,
    outcome: unsent([{ status, message }], row.attempts),
  });
  if (rule === undefined) return failed('PUSH_ERROR', `there is no rule "${row.rule}" any more`);
  try {
    const content = await parts.tools.content.get(row.content);
    if (content === undefined) return failed('PUSH_ERROR', `the content is gone: ${row.content}`);
    return await exported(parts, { rule, row, content, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransientError) return { row, disturbed: messageOf(error) };
    return failed('PUSH_ERROR', messageOf(error));
  }
}

async function exported(
  parts: PrepareParts,
  what: { rule: PushRule; row: Row; content: Content; signal: AbortSignal },
): Promise<Prepared> {
  const { rule, row, content, signal } = what;
  const late = `the files were not made within ${String(exportWithinMs / 1_000)} s`;
  const limit = { withinMs: exportWithinMs, late, signal };
  const folder = outboxFolder(rule.name, row.run ?? '', row.ulid);
  const { files, problems } = await withinTime(parts, limit, async (ended) =>
    parts.exporter.export({ rule, items: [content], folder, signal: ended }),
  );
  if (files.length === 0) return { row, outcome: unsent(problems, row.attempts) };
  const parcel = {
    row,
    files,
    problems,
    name: parcelName(rule, files, content),
    mark: rowMark(row),
    earlierMarks: earlierRowMarks(row),
  };
  return { row, parcel };
}
