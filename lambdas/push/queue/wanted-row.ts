import type { Row } from './row.ts';
import type { RowFilter } from './row-store.ts';
import { hasFailed } from './status.ts';

/** Whether a row holds all that a filter gives. */
export function isWanted(row: Row, { status, rule, target, content }: RowFilter): boolean {
  const hasStatus = status === 'failed' ? hasFailed(row.status) : row.status === status;
  return (
    (status === undefined || hasStatus) &&
    (rule === undefined || row.rule === rule) &&
    (target === undefined || row.target === target) &&
    (content === undefined || row.content === content)
  );
}
