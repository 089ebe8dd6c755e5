import * as z from 'zod';
import { NotFoundError } from '../shared/errors.ts';
import { adminOnly, anyone, itselfOrAdmin } from '../shared/http/authorize.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Request, Route } from '../shared/http/route.ts';
import { rfc3339 } from '../shared/identifier.ts';
import { ulidOfActionId } from './action.ts';
import type { ActionFilter } from './action.ts';
import { answerOf } from './action-answer.ts';
import * as endpoints from './endpoints.ts';
import { notify, postAction } from './post-action.ts';
import type { PostingParts } from './post-action.ts';
import { countPublic, listPublic } from './public-timeline.ts';
import type { PublicTimelineParts } from './public-timeline.ts';
import { readTimeline } from './read-timeline.ts';
import type { ReadingParts } from './read-timeline.ts';

export interface TimelineRoutesParts extends PostingParts, ReadingParts, PublicTimelineParts {
  cursors: Cursors;
}

const publicPosition = z.object({ after: z.string() });
const privatePosition = publicPosition.extend({
  passed: z.number(),
  oldest: z.string().optional(),
});

/** The routes of timelines, each with who may call it. */
export function timelineRoutes(parts: TimelineRoutesParts): Route[] {
  const { cursors, privates, publics, now } = parts;

  return [
    route(endpoints.createAction, {
      authorize: itselfOrAdmin('actor'),
      run: async ({ params, body: { audience, ...action }, ...request }) => {
        const posting = {
          ...postingOf(request, 'actions', params.actor),
          self: audience === 'self',
        };
        const posted = await postAction(parts, params.actor, action, posting);
        return { status: 201, body: answerOf(posted) };
      },
    }),
    route(endpoints.deleteAction, {
      authorize: itselfOrAdmin('actor'),
      run: async ({ params: { actor, id } }) => {
        const ulid = ulidOfActionId(id);
        const at = { nowMs: now(), erased: false };
        if (ulid === undefined || !(await publics.retract(actor, ulid, at))) throw noSuchAction();
        return { status: 204 };
      },
    }),
    route(endpoints.addNotification, {
      authorize: adminOnly,
      run: async ({ params: { owner }, body: { actor, ...action }, ...request }) => {
        const posting = postingOf(request, 'private', owner);
        const posted = await notify(parts, owner, actor, action, posting);
        return { status: 201, body: answerOf(posted) };
      },
    }),
    route(endpoints.listPrivate, {
      authorize: itselfOrAdmin('owner'),
      run: async ({ params: { owner }, query, cursorScope }) => {
        const { order, limit, cursor } = query;
        const from =
          cursor === undefined
            ? undefined
            : await cursors.open(cursor, cursorScope, privatePosition);
        const timeline = await readTimeline(parts, owner);
        const { items, next } = await timeline.list({
          order,
          limit,
          filter: filterOf(query),
          ...(from && { from }),
        });
        return {
          status: 200,
          body: {
            items: items.map((item) => ({ ...answerOf(item), read: item.read })),
            ...(next && { nextCursor: await cursors.seal(next, cursorScope) }),
          },
        };
      },
    }),
    route(endpoints.removeFromPrivate, {
      authorize: itselfOrAdmin('owner'),
      run: async ({ params: { owner, id } }) => {
        const ulid = ulidOfActionId(id);
        const timeline = await readTimeline(parts, owner);
        if (ulid === undefined || !(await timeline.find(ulid))) throw noSuchAction();
        await privates.markRemoved(owner, ulid);
        return { status: 204 };
      },
    }),
    route(endpoints.countPrivate, {
      authorize: itselfOrAdmin('owner'),
      run: async ({ params, query }) => {
        const timeline = await readTimeline(parts, params.owner);
        return { status: 200, body: await timeline.count(filterOf(query)) };
      },
    }),
    route(endpoints.countUnread, {
      authorize: itselfOrAdmin('owner'),
      run: async ({ params, query }) => {
        const timeline = await readTimeline(parts, params.owner);
        return { status: 200, body: await timeline.countUnread(filterOf(query)) };
      },
    }),
    route(endpoints.putReadMark, {
      authorize: itselfOrAdmin('owner'),
      run: async ({ params, body: { at, force } }) => {
        const readAt = await privates.setReadMark(params.owner, at ?? now(), force);
        return { status: 200, body: { readAt: rfc3339(readAt) } };
      },
    }),
    route(endpoints.getReadMark, {
      authorize: itselfOrAdmin('owner'),
      run: async ({ params }) => {
        const { readMark } = await privates.head(params.owner);
        return { status: 200, body: { readAt: readMark === undefined ? null : rfc3339(readMark) } };
      },
    }),
    route(endpoints.listPublic, {
      authorize: anyone,
      run: async ({ params: { owner }, query, cursorScope }) => {
        const { order, limit, cursor } = query;
        const from =
          cursor === undefined
            ? undefined
            : await cursors.open(cursor, cursorScope, publicPosition);
        const { items, after } = await listPublic(parts, owner, {
          order,
          limit,
          filter: filterOf(query),
          ...from,
        });
        return {
          status: 200,
          body: {
            items: items.map(answerOf),
            ...(after !== undefined && {
              nextCursor: await cursors.seal({ after }, cursorScope),
            }),
          },
        };
      },
    }),
    route(endpoints.countPublic, {
      authorize: anyone,
      run: async ({ params, query }) => ({
        status: 200,
        body: await countPublic(parts, params.owner, filterOf(query)),
      }),
    }),
  ];
}

function noSuchAction(): Error {
  return new NotFoundError('There is no such action here.');
}

function filterOf({
  verb,
  target,
}: {
  verb?: string | undefined;
  target?: string | undefined;
}): ActionFilter {
  return { ...(verb !== undefined && { verb }), ...(target !== undefined && { target }) };
}

function postingOf(
  { caller, idempotencyKey }: Pick<Request<unknown, unknown, unknown>, 'caller' | 'idempotencyKey'>,
  ...path: string[]
) {
  return { idempotencyKey, scope: [caller.ref, 'POST', ...path] };
}
