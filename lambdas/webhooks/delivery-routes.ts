import { ConflictError, ForbiddenError, invalid, NotFoundError } from '../shared/errors.ts';
import { anyone } from '../shared/http/authorize.ts';
import type { Caller } from '../shared/http/caller.ts';
import { ulidCursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { rfc3339 } from '../shared/identifier.ts';
import { deleteFailures } from './delete-failures.ts';
import { deliverAll, deliverThese } from './deliver-stored.ts';
import { deliveryAnswer, failureAnswer } from './delivery-answers.ts';
import * as endpoints from './delivery-endpoints.ts';
import type { FailureFilters } from './delivery-endpoints.ts';
import { deliveriesOf } from './delivery-list.ts';
import { fittingPage } from './delivery-page.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { effectiveStatus } from './delivery-status.ts';
import { ulidOfDeliveryId } from './delivery.ts';
import { failures } from './failure-list.ts';
import type { Round } from './failure-rounds.ts';
import type { FailuresOf } from './failure-list.ts';
import { findOwnHook, isOwn, ownHook } from './hook-access.ts';
import { replay } from './replay.ts';
import { retryFailures } from './retry-failures.ts';
import { storedPage, storedPosition } from './stored-list.ts';

/** The routes of deliveries. Whoever calls sees and touches those of its own hooks; admin all. */
export function deliveryRoutes(parts: DeliveryParts): Route[] {
  const { deliveries, hooks, lanes, cursors } = parts;
  const positions = ulidCursors(cursors);
  const roundAnswer = async ({ accepted, more, after }: Round, scope: string) => ({
    accepted,
    more,
    ...(await positions.next(after, scope)),
  });

  return [
    route(endpoints.listFailures, {
      authorize: anyone,
      run: async ({ caller, query: { limit, cursor, ...filters }, cursorScope }) => {
        const of = failuresOf(caller, filters);
        const after = await positions.after(cursor, cursorScope);
        const page = await failures(parts, of, { filters, after, limit });
        const { answers: items, cut } = await fittingPage(parts, page.items, ({ valid }, ...one) =>
          failureAnswer(...one, valid),
        );
        const next = await positions.next(cut ?? page.next, cursorScope);
        return { status: 200, body: { items, ...next } };
      },
    }),
    route(endpoints.retryFailures, {
      authorize: anyone,
      run: async ({ caller, body: { ids, all, cursor, ...filters }, cursorScope }) => {
        requireChoice('body', filters, ids ?? all);
        const of = failuresOf(caller, filters);
        const scope = JSON.stringify([cursorScope, filters]);
        const after = await positions.after(cursor, scope);
        const round = await retryFailures(parts, { of, filters, ids, after });
        return { status: 202, body: await roundAnswer(round, scope) };
      },
    }),
    route(endpoints.deleteFailures, {
      authorize: anyone,
      run: async ({ caller, query: { all, cursor, ...filters }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        requireChoice('query', filters, all);
        const of = failuresOf(caller, filters);
        const round = await deleteFailures(parts, { of, filters, after });
        return { status: 202, body: await roundAnswer(round, cursorScope) };
      },
    }),
    route(endpoints.listStored, {
      authorize: anyone,
      run: async ({ caller, query: { hook: id, target, limit, cursor }, cursorScope }) => {
        const from =
          cursor === undefined
            ? undefined
            : await cursors.open(cursor, cursorScope, storedPosition);
        const all = caller.admin ? 'all' : { owner: caller.ref };
        const of = id === undefined ? all : await findOwnHook(hooks, caller, id);
        if (of === undefined) return { status: 200, body: { items: [] } };
        const page = await storedPage(parts, { of, target, from, limit });
        const { answers: items, cut } = await fittingPage(parts, page.items, (_item, ...one) =>
          deliveryAnswer(...one),
        );
        const shown = page.items[items.length - 1]?.delivery;
        const next = cut === undefined || !shown ? page.next : { hook: shown.hook, after: cut };
        const nextCursor = next && (await cursors.seal(next, cursorScope));
        return { status: 200, body: { items, ...(nextCursor !== undefined && { nextCursor }) } };
      },
    }),
    route(endpoints.deliverStored, {
      authorize: anyone,
      run: async ({ caller, body }) => {
        const accepted =
          'hook' in body
            ? await deliverAll(parts, await ownHook(hooks, caller, body.hook))
            : await deliverThese(parts, body.ids, (delivery) => isOwn(caller, delivery));
        return { status: 202, body: { accepted } };
      },
    }),
    route(endpoints.listDeliveries, {
      authorize: anyone,
      run: async ({ caller, params, query: { status, limit, cursor }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const hook = await ownHook(hooks, caller, params.id);
        const page = await deliveriesOf(parts, hook, { status, after, limit });
        const { answers: items, cut } = await fittingPage(parts, page.items, (_item, ...one) =>
          deliveryAnswer(...one),
        );
        const next = await positions.next(cut ?? page.next, cursorScope);
        return { status: 200, body: { items, ...next } };
      },
    }),
    route(endpoints.getDelivery, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const ulid = ulidOfDeliveryId(params.id);
        const delivery = ulid === undefined ? undefined : await deliveries.read(ulid);
        if (!delivery || !isOwn(caller, delivery)) {
          throw new NotFoundError('You have no such delivery.');
        }
        const [hook, lane] = await Promise.all([
          hooks.read(delivery.hook),
          lanes.read(delivery.hook),
        ]);
        const seen = { delivery, status: effectiveStatus(delivery, hook, lane) };
        const { answers } = await fittingPage(parts, [seen], (_item, ...one) =>
          deliveryAnswer(...one),
        );
        return { status: 200, body: answers[0] };
      },
    }),
    route(endpoints.replayDeliveries, {
      authorize: anyone,
      run: async ({ caller, params, body: { since, until = parts.now(), onlyFailed } }) => {
        const hook = await ownHook(hooks, caller, params.id);
        if (!hook.enabled) {
          throw new ConflictError('The endpoint is disabled. Enable it first.');
        }
        const { accepted, nextSince } = await replay(parts, hook, { since, until, onlyFailed });
        const goesOn = nextSince !== undefined && { nextSince: rfc3339(nextSince) };
        return { status: 202, body: { accepted, more: nextSince !== undefined, ...goesOn } };
      },
    }),
  ];
}

function failuresOf(caller: Caller, { owner }: FailureFilters): FailuresOf {
  if (caller.admin) return owner === undefined ? 'all' : { owner };
  if (owner === undefined || owner === caller.ref) return { owner: caller.ref };
  throw new ForbiddenError(`You are ${caller.ref} and see your own failures only.`);
}

/** Everything is a lot to retry or to delete by a forgotten filter. */
function requireChoice(part: 'body' | 'query', filters: FailureFilters, choice: unknown): void {
  const isFiltered = Object.values(filters).some((value: unknown) => value !== undefined);
  if (isFiltered || choice !== undefined) return;
  throw invalid(part, 'name a filter, or say all');
}
