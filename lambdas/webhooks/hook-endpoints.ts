import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import { listOf, nothing, objectId, page, resourceRef, timestamp } from '../shared/http/schemas.ts';

const tag = 'Webhooks';

/** Largest values of a hook's own settings; each far beyond what a receiver has use for. */
const limits = {
  events: 100,
  description: 500,
  target: 2048,
  retries: 100,
  retryInterval: 24 * 60 * 60,
  scheduleSeconds: 7 * 24 * 60 * 60,
  batchSize: 1_000,
  batchSeconds: 24 * 60 * 60,
  perSecond: 1_000,
} as const;

const idSchema = z.string().meta({ examples: ['hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] });

const target = z
  .string()
  .min(1)
  .max(limits.target)
  .meta({
    description:
      'URL that events are posted to: https, a public address, port 443, 80 or 8000-9999, no credentials, no fragment; what the installation allows besides.',
    examples: ['https://example.org/webhooks'],
  });

const events = z
  .array(z.string())
  .min(1, 'name at least one event type, `prefix.*` or `*`')
  .max(limits.events)
  .meta({ description: 'Event types, `prefix.*` or `*`.', examples: [['follow.*']] });

const description = z.string().max(limits.description).nullable();

const delivery = z
  .discriminatedUnion(
    'mode',
    [
      z.strictObject({
        mode: z.literal('each'),
        ordered: z.boolean().default(false).meta({
          description:
            'One at a time, in the order in which they reached the endpoint; a failing one blocks.',
        }),
      }),
      z
        .strictObject({
          mode: z.literal('batch'),
          size: z.int().min(1).max(limits.batchSize).optional().meta({
            description: 'Posted as soon as so many events are stored.',
          }),
          time: z.int().min(1).max(limits.batchSeconds).optional().meta({
            description: 'Posted so many seconds after the first event was stored.',
          }),
        })
        .refine(
          ({ size, time }) => size !== undefined || time !== undefined,
          'a batch needs size, time, or both',
        ),
    ],
    'mode must be "each" or "batch"',
  )
  .meta({ description: 'Each event by itself (default), or batches.' });

const retry = z
  .union(
    [
      z.strictObject({
        retries: z.int().min(0).max(limits.retries),
        retryInterval: z.int().min(1).max(limits.retryInterval),
      }),
      z.strictObject({
        schedule: z.array(z.int().min(1).max(limits.scheduleSeconds)).min(1).max(limits.retries),
      }),
    ],
    'must be {retries, retryInterval} or {schedule: [seconds, ...]}',
  )
  .nullable()
  .meta({
    description:
      'Retries and the seconds between them, or the seconds before each. null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; of a batch none.',
  });

const onExhausted = z.enum(['keep', 'discard'], 'must be keep or discard').meta({
  description: 'After the last try an event is kept as a failure (default), or discarded.',
});

const rateLimit = z
  .strictObject({ perSecond: z.number().min(0.01).max(limits.perSecond) })
  .nullable()
  .meta({ description: 'Posts a second at most; others wait, without spending a retry.' });

const settable = { target, events, description, delivery, retry, onExhausted, rateLimit };

export const newHookBody = z.strictObject({
  ...settable,
  description: description.default(null),
  delivery: delivery.prefault({ mode: 'each' }),
  retry: retry.default(null),
  onExhausted: onExhausted.default('keep'),
  rateLimit: rateLimit.default(null),
  owner: resourceRef
    .optional()
    .meta({ description: 'Admin only; without it the endpoint is the installation’s.' }),
});
export type NewHookBody = z.output<typeof newHookBody>;

export const hookChanges = z.strictObject({ ...settable, enabled: z.boolean() }).partial();
export type HookChanges = z.output<typeof hookChanges>;

export const hookAnswer = z
  .strictObject({
    id: idSchema,
    target: z.string(),
    events: z.array(z.string()),
    description: z.string().nullable(),
    delivery: z.union([
      z.strictObject({ mode: z.literal('each'), ordered: z.boolean() }),
      z.strictObject({
        mode: z.literal('batch'),
        size: z.int().optional(),
        time: z.int().optional(),
      }),
    ]),
    retry,
    onExhausted,
    rateLimit,
    owner: z.string().nullable().meta({ description: 'null: the whole installation.' }),
    enabled: z.boolean(),
    disabledReason: z.enum(['manual', 'gone', 'failing']).optional().meta({
      description:
        'manual: by its owner; gone: its server answered 410; failing: only failures for too long.',
    }),
    createdAt: timestamp,
  })
  .meta({ id: 'Hook' });

const secret = z.string().meta({
  description:
    'Verifies signatures (Standard Webhooks): `whsec_` and 32 bytes in base64. Shown here only: keep it.',
  examples: ['whsec_2Itu42j1tvphzJc/MnYJ1Zn7y1FP1xyWUZJEtalWJnk='],
});

export const hookWithSecret = hookAnswer.extend({ secret });

const one = z.strictObject({ id: objectId });

export const createHook = endpoint({
  method: 'POST',
  path: '/v1/hooks',
  operationId: 'createHook',
  summary: 'Have events posted to a server of yours.',
  tag,
  params: nothing,
  query: nothing,
  body: newHookBody,
  idempotent: true,
  answers: { 201: hookWithSecret },
  problems: [],
});

export const listHooks = endpoint({
  method: 'GET',
  path: '/v1/hooks',
  operationId: 'listHooks',
  summary: 'One’s own endpoints; for admin all.',
  tag,
  params: nothing,
  query: z.strictObject(page),
  answers: { 200: listOf(hookAnswer) },
  problems: [],
});

export const getHook = endpoint({
  method: 'GET',
  path: '/v1/hooks/{id}',
  operationId: 'getHook',
  summary: 'An endpoint.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: hookAnswer },
  problems: [404],
});

export const changeHook = endpoint({
  method: 'PATCH',
  path: '/v1/hooks/{id}',
  operationId: 'changeHook',
  summary: 'Change an endpoint, disable or enable it. Enabling it sends nothing by itself.',
  tag,
  params: one,
  query: nothing,
  body: hookChanges,
  answers: { 200: hookAnswer },
  problems: [404],
});

export const deleteHook = endpoint({
  method: 'DELETE',
  path: '/v1/hooks/{id}',
  operationId: 'deleteHook',
  summary: 'Delete an endpoint. What waits for it is discarded; its failures stay on record.',
  tag,
  params: one,
  query: nothing,
  answers: { 204: null },
  problems: [404],
});

export const rotateSecret = endpoint({
  method: 'POST',
  path: '/v1/hooks/{id}/rotate-secret',
  operationId: 'rotateSecret',
  summary: 'A new secret; the ones before go on signing for a while.',
  tag,
  params: one,
  query: nothing,
  body: z
    .strictObject({
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * 24 * 60 * 60)
        .default(86_400)
        .meta({ description: 'Seconds that earlier secrets sign along; 0 ends them at once.' }),
    })
    .prefault({}),
  answers: { 200: z.strictObject({ secret }) },
  problems: [404],
});

export const pingHook = endpoint({
  method: 'POST',
  path: '/v1/hooks/{id}/ping',
  operationId: 'pingHook',
  summary: 'Post a `ping` event to an endpoint, to try it out.',
  tag,
  params: one,
  query: nothing,
  answers: { 202: z.strictObject({ id: z.string().meta({ description: 'The event’s id.' }) }) },
  problems: [404, 409],
});

export const hookEndpoints = [
  createHook,
  listHooks,
  getHook,
  changeHook,
  deleteHook,
  rotateSecret,
  pingHook,
];
