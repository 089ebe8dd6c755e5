import * as z from 'zod';
import { NotFoundError } from '../../shared/errors.ts';
import { adminOnly } from '../../shared/http/authorize.ts';
import { ulidCursors } from '../../shared/http/cursor.ts';
import type { Cursors } from '../../shared/http/cursor.ts';
import { route } from '../../shared/http/route.ts';
import type { Route } from '../../shared/http/route.ts';
import { firstAnswer } from '../../shared/idempotency.ts';
import type { IdempotencyStore, IdempotentRequest } from '../../shared/idempotency.ts';
import type { NewUlid } from '../../shared/identifier.ts';
import { fittingAnswers } from '../fitting-answers.ts';
import { ruleAnswer, targetAnswer } from '../rules/rule-answers.ts';
import { runAnswer } from './run-answer.ts';
import * as endpoints from './run-endpoints.ts';
import type { RunParts } from './run-parts.ts';
import { runId, ulidOfRunId } from './run.ts';
import { massRule, startMassRun } from './start-mass.ts';
import { sequentialRule, startRun } from './start-run.ts';

/** What the routes of runs work with. */
export type RunRouting = RunParts & {
  cursors: Cursors;
  idempotency: IdempotencyStore;
  newUlid: NewUlid;
};

const remembered = z.object({ ulid: z.string() });

/** Where a page of what the configuration declares begins. */
const behindName = z.strictObject({ after: z.string() });

/** The routes of runs, and of what the configuration has pushed, for admin. */
export function runRoutes(parts: RunRouting): Route[] {
  const { book, runs, cursors, idempotency, newUlid, now } = parts;
  const positions = ulidCursors(cursors);

  /** Of the run that a request starts, or that the first one like it has started. */
  const ulidFor = async (request: IdempotentRequest): Promise<string> => {
    const { ulid } = await firstAnswer(idempotency, request, { ulid: newUlid(now()) }, remembered);
    return ulid;
  };

  const namedPage = async <Declared extends { name: string }>(
    declared: Iterable<Declared>,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    scope: string,
  ) => {
    const from = cursor === undefined ? undefined : await cursors.open(cursor, scope, behindName);
    const left = [...declared]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .filter(({ name }) => from === undefined || name > from.after);
    const items = left.slice(0, limit);
    const after = left.length > limit ? items.at(-1)?.name : undefined;
    const nextCursor = after === undefined ? undefined : await cursors.seal({ after }, scope);
    return { items, next: nextCursor === undefined ? {} : { nextCursor } };
  };

  return [
    route(endpoints.startRun, {
      authorize: adminOnly,
      run: async ({ caller, body, idempotencyKey }) => {
        const { rule } = body;
        if (rule !== undefined) sequentialRule(book, rule);
        const scope = [caller.ref, 'POST', endpoints.startRun.path];
        const ulid = await ulidFor({ idempotencyKey, scope, body });
        await startRun(parts, { ulid, rule });
        return { status: 202, body: { runId: runId(ulid) } };
      },
    }),
    route(endpoints.startMassRun, {
      authorize: adminOnly,
      run: async ({ caller, params: { rule }, body, idempotencyKey }) => {
        massRule(book, rule);
        const scope = [caller.ref, 'POST', endpoints.startMassRun.path, rule];
        const ulid = await ulidFor({ idempotencyKey, scope, body });
        await startMassRun(parts, { ulid, rule, args: body.args });
        return { status: 202, body: { runId: runId(ulid) } };
      },
    }),
    route(endpoints.listRuns, {
      authorize: adminOnly,
      run: async ({ query: { limit, cursor }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const page = fittingAnswers(await runs.list({ after, limit }), runAnswer);
        const next = await positions.next(page.after, cursorScope);
        return { status: 200, body: { items: page.answers, ...next } };
      },
    }),
    route(endpoints.getRun, {
      authorize: adminOnly,
      run: async ({ params }) => {
        const ulid = ulidOfRunId(params.id);
        const run = ulid === undefined ? undefined : await runs.get(ulid);
        if (!run) throw new NotFoundError('There is no such run; runs are kept for 30 days.');
        return { status: 200, body: runAnswer(run) };
      },
    }),
    route(endpoints.listRules, {
      authorize: adminOnly,
      run: async ({ query, cursorScope }) => {
        const { items, next } = await namedPage(book.rules.values(), query, cursorScope);
        return { status: 200, body: { items: items.map(ruleAnswer), ...next } };
      },
    }),
    route(endpoints.listTargets, {
      authorize: adminOnly,
      run: async ({ query, cursorScope }) => {
        const { items, next } = await namedPage(book.targets.values(), query, cursorScope);
        return { status: 200, body: { items: items.map(targetAnswer), ...next } };
      },
    }),
  ];
}
