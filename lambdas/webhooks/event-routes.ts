import * as z from 'zod';
import { adminOnly, anyone } from '../shared/http/authorize.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import * as endpoints from './event-endpoints.ts';
import { sendEvent } from './send-event.ts';
import type { SendEventParts } from './send-event.ts';

const position = z.strictObject({ after: z.string() });

/** The routes of events and their types. */
export function eventRoutes(parts: SendEventParts & { cursors: Cursors }): Route[] {
  const { cursors, eventTypes } = parts;
  return [
    route(endpoints.sendEvent, {
      authorize: adminOnly,
      run: async ({ caller, body, idempotencyKey }) => {
        const id = await sendEvent(parts, caller, body, idempotencyKey);
        return { status: 202, body: { id } };
      },
    }),
    route(endpoints.listEventTypes, {
      authorize: anyone,
      run: async ({ query: { limit, cursor }, cursorScope }) => {
        const from = cursor === undefined ? {} : await cursors.open(cursor, cursorScope, position);
        const { items, after } = eventTypes.page({ ...from, limit });
        const nextCursor =
          after === undefined ? undefined : await cursors.seal({ after }, cursorScope);
        return { status: 200, body: { items, ...(nextCursor !== undefined && { nextCursor }) } };
      },
    }),
  ];
}
