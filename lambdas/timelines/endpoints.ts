import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import {
  anyRef,
  instant,
  listOf,
  nothing,
  objectId,
  order,
  page,
  refTypes,
  resourceRef,
  timestamp,
} from '../shared/http/schemas.ts';

const tag = 'Timelines';

/** Largest `data` of an action as UTF-8 JSON: with it an action stays a small row, however often copied. */
const maxDataBytes = 4 * 1024;

const verb = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,31}$/,
    'must be a verb: lower-case letters, digits, - and _, at most 32',
  )
  .meta({ examples: ['like'] });

/** Kept as JSON text, so that it comes back as it was given. */
const data = z
  .unknown()
  .refine(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be a JSON object',
  )
  .transform((value) => JSON.stringify(value))
  .refine(
    (text) => Buffer.byteLength(text) <= maxDataBytes,
    `must have at most ${maxDataBytes} bytes as JSON`,
  )
  .meta({ type: 'object', description: 'Anything, up to 4 KiB of UTF-8 JSON.' });

const newAction = {
  verb,
  target: anyRef.optional(),
  data: data.optional(),
  at: instant.optional().meta({
    format: 'date-time',
    description: 'When it happened; now if left out. Orders the timelines.',
  }),
};

const action = z.strictObject({
  id: z.string().meta({ examples: ['act_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] }),
  actor: z.string(),
  verb: z.string(),
  target: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
  at: timestamp,
});

const timelineAction = action.extend({ read: z.boolean() });

const targetFilter = z
  .string()
  .superRefine((text, context) => {
    const result = text.includes(':') ? anyRef.safeParse(text) : z.enum(refTypes).safeParse(text);
    if (result.success) return;
    context.addIssue({
      code: 'custom',
      message: `must be a type (${refTypes.join(', ')}) or a reference "type:id"`,
    });
  })
  .meta({
    description: 'A type, or a reference.',
    pattern: `^(${refTypes.join('|')})(:[A-Za-z0-9._~@|:+=-]{1,128})?$`,
  });

const filter = { verb: verb.optional(), target: targetFilter.optional() };
const listQuery = z.strictObject({ ...page, order, ...filter });
const countQuery = z.strictObject(filter);
const count = z.strictObject({ count: z.int().min(0).max(10_000), capped: z.boolean() });

const actor = z.strictObject({ actor: resourceRef });
const owner = z.strictObject({ owner: resourceRef });

export const createAction = endpoint({
  method: 'POST',
  path: '/v1/resources/{actor}/actions',
  operationId: 'createAction',
  summary: 'Post what a resource did; its followers get it.',
  tag,
  params: actor,
  query: nothing,
  body: z.strictObject({
    ...newAction,
    audience: z
      .enum(['followers', 'self'])
      .default('followers')
      .meta({ description: '`self`: the actor’s own timelines only, without fan-out.' }),
  }),
  idempotent: true,
  answers: { 201: action },
  problems: [],
});

export const deleteAction = endpoint({
  method: 'DELETE',
  path: '/v1/resources/{actor}/actions/{id}',
  operationId: 'deleteAction',
  summary: 'Take an action back, from its followers’ timelines too.',
  tag,
  params: actor.extend({ id: objectId }),
  query: nothing,
  answers: { 204: null },
  problems: [404],
});

export const listPrivate = endpoint({
  method: 'GET',
  path: '/v1/resources/{owner}/timelines/private',
  operationId: 'listPrivateTimeline',
  summary:
    'What happened around a resource: its own actions, those of whom it follows, notifications.',
  tag,
  params: owner,
  query: listQuery,
  answers: { 200: listOf(timelineAction) },
  problems: [],
});

export const addNotification = endpoint({
  method: 'POST',
  path: '/v1/resources/{owner}/timelines/private',
  operationId: 'addNotification',
  summary: 'Put an action of somebody else into one private timeline alone.',
  tag,
  params: owner,
  query: nothing,
  body: z.strictObject({ actor: resourceRef, ...newAction }),
  idempotent: true,
  answers: { 201: action },
  problems: [],
});

export const removeFromPrivate = endpoint({
  method: 'DELETE',
  path: '/v1/resources/{owner}/timelines/private/{id}',
  operationId: 'removeFromPrivateTimeline',
  summary: 'Take an action out of this one timeline.',
  tag,
  params: owner.extend({ id: objectId }),
  query: nothing,
  answers: { 204: null },
  problems: [404],
});

export const listPublic = endpoint({
  method: 'GET',
  path: '/v1/resources/{owner}/timelines/public',
  operationId: 'listPublicTimeline',
  summary: 'What a resource did.',
  tag,
  params: owner,
  query: listQuery,
  answers: { 200: listOf(action) },
  problems: [],
});

function countEndpoint(name: string, operationId: string, summary: string) {
  return endpoint({
    method: 'GET',
    path: `/v1/resources/{owner}/timelines/${name}`,
    operationId,
    summary,
    tag,
    params: owner,
    query: countQuery,
    answers: { 200: count },
    problems: [],
  });
}

export const countPrivate = countEndpoint(
  'private/count',
  'countPrivateTimeline',
  'Actions on a private timeline.',
);
export const countPublic = countEndpoint(
  'public/count',
  'countPublicTimeline',
  'Actions on a public timeline.',
);
export const countUnread = countEndpoint(
  'private/unread-count',
  'countUnread',
  'Actions from the read mark to now.',
);

const readMark = z.strictObject({ readAt: timestamp.nullable() });

export const putReadMark = endpoint({
  method: 'PUT',
  path: '/v1/resources/{owner}/timelines/private/read-mark',
  operationId: 'putReadMark',
  summary: 'Mark as read what happened before a time; never moves back unless forced.',
  tag,
  params: owner,
  query: nothing,
  body: z
    .strictObject({
      at: instant.optional().meta({ format: 'date-time', description: 'Now if left out.' }),
      force: z.boolean().default(false),
    })
    .prefault({}),
  answers: { 200: readMark },
  problems: [],
});

export const getReadMark = endpoint({
  method: 'GET',
  path: '/v1/resources/{owner}/timelines/private/read-mark',
  operationId: 'getReadMark',
  summary: 'The read mark; null if nothing was ever marked.',
  tag,
  params: owner,
  query: nothing,
  answers: { 200: readMark },
  problems: [],
});

export const timelinesEndpoints = [
  createAction,
  deleteAction,
  listPrivate,
  addNotification,
  removeFromPrivate,
  listPublic,
  countPrivate,
  countPublic,
  countUnread,
  putReadMark,
  getReadMark,
];
