import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import {
  instant,
  listOf,
  nothing,
  objectId,
  page,
  resourceRef,
  timestamp,
} from '../shared/http/schemas.ts';
import { deliveryStatuses, errorKinds } from './delivery.ts';

const tag = 'Webhooks';

/** Deliveries that one call sets going or deletes, at most (the contract's limit). */
export const deliveriesPerCall = 1_000;

const status = z.enum(deliveryStatuses);

const attempt = z.strictObject({
  at: timestamp,
  durationMs: z.int().min(0),
  status: z.int().optional(),
  error: z.strictObject({ kind: z.enum(errorKinds), message: z.string() }).optional(),
  responseHeaders: z.record(z.string(), z.string()).optional(),
  responseBody: z.string().optional().meta({ description: 'At most 16 KiB of it.' }),
});

export const deliveryAnswer = z
  .strictObject({
    id: z.string().meta({ examples: ['del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] }),
    hook: z.string(),
    target: z.string(),
    owner: z.string().nullable(),
    event: z.strictObject({ id: z.string(), type: z.string() }),
    status,
    tries: z.int().min(0).meta({ description: 'Posts so far; `attempts` has the newest 20.' }),
    attempts: z.array(attempt),
    nextAttemptAt: timestamp.optional(),
    payload: z.unknown().meta({ description: 'What is posted: `{id, type, timestamp, data}`.' }),
  })
  .meta({ id: 'Delivery' });

export const failureAnswer = deliveryAnswer.extend({
  valid: z.boolean().meta({
    description:
      'Whether the endpoint still has that target, event and owner: only then it is retried.',
  }),
  lastStatus: z.int().nullable().meta({ description: 'null: no answer came.' }),
});

const one = z.strictObject({ id: objectId });

export const listDeliveries = endpoint({
  method: 'GET',
  path: '/v1/hooks/{id}/deliveries',
  operationId: 'listDeliveries',
  summary: 'Deliveries of an endpoint, newest events first.',
  tag,
  params: one,
  query: z.strictObject({
    ...page,
    status: z.enum(deliveryStatuses, `must be one of ${deliveryStatuses.join(', ')}`).optional(),
  }),
  answers: { 200: listOf(deliveryAnswer) },
  problems: [404],
});

export const getDelivery = endpoint({
  method: 'GET',
  path: '/v1/deliveries/{id}',
  operationId: 'getDelivery',
  summary: 'A delivery, with its attempts.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: deliveryAnswer },
  problems: [404],
});

const lastStatus = z.string().regex(/^(?:none|[1-5]\d\d)$/, 'must be an HTTP status, or none');
const truth = z.enum(['true', 'false'], 'must be true or false');

const sharedFilters = {
  hook: z.string().min(1).meta({ description: 'Id of the endpoint.' }),
  event: z.string().min(1).meta({ description: 'Event type, exactly; no pattern.' }),
  target: z.string().min(1).meta({
    description:
      'URL, exactly, that it was posted to last; before the first post the endpoint’s then.',
  }),
  owner: resourceRef,
  failedBefore: instant.meta({ description: 'Tried for the last time before.' }),
};

/** As query parameters everything is text. */
const filtersInQuery = z
  .strictObject({
    ...sharedFilters,
    status: lastStatus,
    valid: truth.transform((t) => t === 'true'),
  })
  .partial();

const filtersInBody = z
  .strictObject({
    ...sharedFilters,
    status: z.union([lastStatus, z.int().min(100).max(599).transform(String)]),
    valid: z.boolean(),
  })
  .partial();

/** Which failures are meant. */
export type FailureFilters = z.output<typeof filtersInBody>;

const accepted = z
  .int()
  .min(0)
  .meta({ description: 'How many were really taken; fewer than were named when some cannot be.' });

const counted = z.strictObject({
  accepted,
  more: z
    .boolean()
    .meta({ description: `There are more than one call takes (${deliveriesPerCall}).` }),
});

/** A round may end in the middle of failures that it may not take: the next one goes on behind them. */
const countedRound = counted.extend({
  nextCursor: z
    .string()
    .optional()
    .meta({ description: 'With `more`: `cursor` of the same call that goes on.' }),
});

export const listFailures = endpoint({
  method: 'GET',
  path: '/v1/hooks/failures',
  operationId: 'listFailures',
  summary: 'Failed deliveries of one’s own endpoints; for admin of all.',
  tag,
  params: nothing,
  query: filtersInQuery.extend(page),
  answers: { 200: listOf(failureAnswer) },
  problems: [],
});

const ids = z.array(z.string()).min(1).max(deliveriesPerCall).meta({
  description:
    'Ids of deliveries. Unknown ones and those of others are passed over: `accepted` does not count them.',
});

export const retryFailures = endpoint({
  method: 'POST',
  path: '/v1/hooks/failures/retry',
  operationId: 'retryFailures',
  summary: 'Post failed deliveries once more, those that are valid: these, by filter, or all.',
  tag,
  params: nothing,
  query: nothing,
  body: filtersInBody.extend({
    ids: ids.optional(),
    all: z.literal(true).optional(),
    cursor: page.cursor,
  }),
  answers: { 202: countedRound },
  problems: [],
});

export const deleteFailures = endpoint({
  method: 'DELETE',
  path: '/v1/hooks/failures',
  operationId: 'deleteFailures',
  summary: 'Delete failed deliveries, by filter or all.',
  tag,
  params: nothing,
  query: filtersInQuery.extend({
    all: z.literal('true', 'must be true').optional(),
    cursor: page.cursor,
  }),
  answers: { 202: countedRound },
  problems: [],
});

export const listStored = endpoint({
  method: 'GET',
  path: '/v1/hooks/stored',
  operationId: 'listStored',
  summary: 'Events that wait for a batch, by endpoint, newest endpoints and events first.',
  tag,
  params: nothing,
  query: z.strictObject({
    ...page,
    hook: sharedFilters.hook.optional(),
    target: sharedFilters.target.optional(),
  }),
  answers: { 200: listOf(deliveryAnswer) },
  problems: [],
});

export const deliverStored = endpoint({
  method: 'POST',
  path: '/v1/hooks/stored/deliver',
  operationId: 'deliverStored',
  summary:
    'Take events out of their batch and post each by itself, now: these, or all of an endpoint.',
  tag,
  params: nothing,
  query: nothing,
  body: z.union(
    [z.strictObject({ ids }), z.strictObject({ hook: sharedFilters.hook })],
    'must be {ids: [...]} or {hook}',
  ),
  answers: { 202: z.strictObject({ accepted }) },
  problems: [404],
});

export const replayDeliveries = endpoint({
  method: 'POST',
  path: '/v1/hooks/{id}/replay',
  operationId: 'replayDeliveries',
  summary: 'Post events of a range of time again, with the same ids, oldest first.',
  tag,
  params: one,
  query: nothing,
  body: z.strictObject({
    since: instant,
    until: instant.optional().meta({ description: 'Exclusive. Without it: until now.' }),
    onlyFailed: z.boolean().default(false).meta({
      description: 'Only what was not delivered: failed, and held while the endpoint was disabled.',
    }),
  }),
  answers: {
    202: counted.extend({
      nextSince: timestamp
        .optional()
        .meta({ description: 'With `more`: `since` of the call that goes on.' }),
    }),
  },
  problems: [404, 409],
});

export const deliveryEndpoints = [
  listDeliveries,
  getDelivery,
  listFailures,
  retryFailures,
  deleteFailures,
  listStored,
  deliverStored,
  replayDeliveries,
];
