import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import { anyRef, listOf, nothing, page } from '../shared/http/schemas.ts';
import { resourceIdPattern } from '../shared/resource-ref.ts';

const tag = 'Events';

/** Resources that one event may concern. */
const maxAudience = 100;

export const sendEvent = endpoint({
  method: 'POST',
  path: '/v1/events',
  operationId: 'sendEvent',
  summary: 'Tell that something happened in a system of yours.',
  tag,
  params: nothing,
  query: nothing,
  body: z.strictObject({
    type: z.string().min(1).max(128),
    data: z.unknown().refine((data) => data !== undefined, 'is missing'),
    audience: z
      .array(anyRef)
      .max(maxAudience)
      .default([])
      .meta({ description: 'Whose endpoints get it; the installation’s get every event.' }),
    id: z
      .string()
      .regex(resourceIdPattern, 'must be 1-128 characters of A-Z a-z 0-9 . _ ~ @ | : + = -')
      .optional()
      .meta({
        description:
          'Your own id of the event: sent twice, it is delivered once; with another body it is 409.',
      }),
  }),
  idempotent: true,
  answers: { 202: z.strictObject({ id: z.string() }) },
  problems: [409],
});

export const listEventTypes = endpoint({
  method: 'GET',
  path: '/v1/event-types',
  operationId: 'listEventTypes',
  summary: 'Types of events that endpoints can subscribe to.',
  tag,
  params: nothing,
  query: z.strictObject(page),
  answers: {
    200: listOf(
      z.strictObject({
        type: z.string(),
        description: z.string(),
        schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of `data`.' }),
        example: z.unknown(),
      }),
    ),
  },
  problems: [],
});

export const eventEndpoints = [sendEvent, listEventTypes];
