import * as z from 'zod';
import { invalid, NotFoundError } from '../../shared/errors.ts';
import { adminOnly } from '../../shared/http/authorize.ts';
import { ulidCursors } from '../../shared/http/cursor.ts';
import type { Cursors } from '../../shared/http/cursor.ts';
import { route } from '../../shared/http/route.ts';
import type { Route } from '../../shared/http/route.ts';
import { rfc3339 } from '../../shared/identifier.ts';
import { cleanExport } from '../export/clean-export.ts';
import type { CleanExportParts } from '../export/clean-export.ts';
import { fittingAnswers } from '../fitting-answers.ts';
import { ruleNames } from '../rules/existing-rule.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { checkQueue } from './check-queue.ts';
import type { CheckParts } from './check-queue.ts';
import { cleanQueue } from './clean-queue.ts';
import type { CleanQueueParts } from './clean-queue.ts';
import { resetRow } from './reset-row.ts';
import type { ResetParts } from './reset-row.ts';
import { resetRows } from './reset-rows.ts';
import { rowAnswer } from './row-answer.ts';
import * as endpoints from './row-endpoints.ts';
import { rowId, ulidOfRowId } from './row.ts';

/** What the routes of the queue work with. */
export type RowRouting = ResetParts &
  CheckParts &
  CleanQueueParts &
  CleanExportParts & { book: RuleBook; cursors: Cursors };

/** Rows or files that a call cleans up at most. */
const candidatesPerCall = 1_000;

/** Where the next part of exported files begins: behind a key. */
const behindKey = z.strictObject({ after: z.string() });

/** The routes of the queue, for admin. */
export function rowRoutes(parts: RowRouting): Route[] {
  const { rows, book, cursors } = parts;
  const positions = ulidCursors(cursors);
  return [
    route(endpoints.listRows, {
      authorize: adminOnly,
      run: async ({ query: { limit, cursor, ...filter }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const page = fittingAnswers(await rows.list(filter, { after, limit }), rowAnswer);
        const next = await positions.next(page.after, cursorScope);
        return { status: 200, body: { items: page.answers, ...next } };
      },
    }),
    route(endpoints.resetRows, {
      authorize: adminOnly,
      run: async ({ body: { status, rule, cursor }, cursorScope }) => {
        requireRule(book, rule);
        const scope = JSON.stringify([cursorScope, status, rule]);
        const from = await positions.after(cursor, scope);
        const { accepted, after } = await resetRows(parts, { status, rule, after: from });
        return { status: 202, body: { accepted, ...(await positions.next(after, scope)) } };
      },
    }),
    route(endpoints.getRow, {
      authorize: adminOnly,
      run: async ({ params }) => {
        const ulid = ulidOfRowId(params.id);
        const row = ulid === undefined ? undefined : await rows.get(ulid);
        if (!row) throw noSuchRow();
        return { status: 200, body: rowAnswer(row) };
      },
    }),
    route(endpoints.resetRow, {
      authorize: adminOnly,
      run: async ({ params }) => {
        const ulid = ulidOfRowId(params.id);
        const row = ulid === undefined ? undefined : await resetRow(parts, ulid);
        if (!row) throw noSuchRow();
        return { status: 200, body: rowAnswer(row) };
      },
    }),
    route(endpoints.cleanQueue, {
      authorize: adminOnly,
      run: async ({ body: { dryRun, cursor }, cursorScope }) => {
        const scope = JSON.stringify([cursorScope, dryRun]);
        const from = await positions.after(cursor, scope);
        const cleaned = await cleanQueue(parts, { dryRun, after: from, limit: candidatesPerCall });
        const { candidates, deleted, after } = cleaned;
        const items = candidates.map(({ ulid, rule, target, content, ...row }) => ({
          id: rowId(ulid),
          rule,
          target,
          content,
          lastAttemptAt: rfc3339(row.lastAttemptMs ?? row.createdMs),
        }));
        const next = await positions.next(after, scope);
        return { status: 200, body: { deleted, candidates: items.length, items, ...next } };
      },
    }),
    route(endpoints.cleanExport, {
      authorize: adminOnly,
      run: async ({ body: { dryRun, cursor }, cursorScope }) => {
        const scope = JSON.stringify([cursorScope, dryRun]);
        const from =
          cursor === undefined ? undefined : await cursors.open(cursor, scope, behindKey);
        const { candidates, deleted, after } = await cleanExport(parts, {
          dryRun,
          after: from?.after,
          limit: candidatesPerCall,
        });
        const items = candidates.map(({ key, size, modifiedMs }) => ({
          key,
          size,
          modifiedAt: rfc3339(modifiedMs),
        }));
        const nextCursor = after === undefined ? undefined : await cursors.seal({ after }, scope);
        const next = nextCursor !== undefined && { nextCursor };
        return { status: 200, body: { deleted, candidates: items.length, items, ...next } };
      },
    }),
    route(endpoints.checkQueue, {
      authorize: adminOnly,
      run: async () => {
        const { status, oldest, waiting } = await checkQueue(parts);
        const told = oldest && { id: rowId(oldest.ulid), createdAt: rfc3339(oldest.createdMs) };
        return { status: 200, body: { status, ...(told && { oldest: told }), waiting } };
      },
    }),
  ];
}

function noSuchRow(): NotFoundError {
  return new NotFoundError('There is no such row of the queue.');
}

/** Rows of a rule that is gone could only fail again. */
function requireRule(book: RuleBook, name: string | undefined): void {
  if (name === undefined || book.rules.has(name)) return;
  throw invalid('body.rule', `is no rule; those that exist: ${ruleNames(book)}`);
}
