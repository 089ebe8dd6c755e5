import * as z from 'zod';
import { endpoint } from '../../shared/http/endpoint.ts';
import { anyRef, listOf, nothing, objectId, page, timestamp } from '../../shared/http/schemas.ts';
import { hasFailed, statusCodes, statusOf, statuses } from './status.ts';
import type { FailedStatus, Status } from './status.ts';

const tag = 'Push';

const statusNames = statuses.join(', ');

/** What clients may write for these statuses; in JSON also the numbers themselves. */
function written(of: readonly Status[]): string[] {
  return [...of.flatMap((status) => [status, String(statusCodes[status])]), 'failed'];
}

const failed = statuses.filter(hasFailed);

const failedStatus = z
  .union([z.string(), z.int()])
  .transform(String)
  .superRefine((text, check) => {
    const status = statusOf(text);
    if (text !== 'failed' && (status === undefined || !hasFailed(status))) {
      check.addIssue({
        code: 'custom',
        message: `must be a failed status, its number, or failed: ${failed.join(', ')}`,
      });
    }
  })
  .transform((text): FailedStatus | 'failed' => {
    const status = statusOf(text);
    return status !== undefined && hasFailed(status) ? status : 'failed';
  })
  .meta({
    description: 'A status that means failure, its number, or `failed` for all.',
    enum: [...written(failed), ...failed.map((status) => statusCodes[status])],
  });

const row = z
  .strictObject({
    id: z.string().meta({ examples: ['push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] }),
    rule: z.string(),
    target: z.string(),
    content: z.string().meta({ examples: ['story:7'] }),
    status: z.enum(statuses),
    statusCode: z.literal(Object.values(statusCodes)),
    message: z.string().meta({ description: 'A line for each file; empty while it waits.' }),
    attempts: z.array(
      z.strictObject({
        at: timestamp,
        durationMs: z.int().min(0),
        outcome: z.enum(['sent', 'failed']),
        message: z.string(),
      }),
    ),
    createdAt: timestamp,
    lastAttemptAt: timestamp.optional(),
    runId: z.string().optional(),
  })
  .meta({ id: 'PushItem' });

const one = z.strictObject({ id: objectId });

/** Of calls that do a part of their work. */
const goOn = z
  .string()
  .min(1)
  .max(2048)
  .optional()
  .meta({ description: 'The nextCursor of the call before.' });

const goesOn = z
  .string()
  .optional()
  .meta({ description: 'There may be more: call again with it, and otherwise the same.' });

export const listRows = endpoint({
  method: 'GET',
  path: '/v1/push/items',
  operationId: 'listPushItems',
  summary: 'The queue, newest first. With filters a page may be shorter than its limit.',
  tag,
  params: nothing,
  query: z.strictObject({
    ...page,
    status: z
      .string()
      .refine(
        (text) => text === 'failed' || statusOf(text) !== undefined,
        `must be a status, its number, or failed: ${statusNames}`,
      )
      .transform((text) => statusOf(text) ?? 'failed')
      .optional()
      .meta({
        description: 'A status, its number, or `failed` for all that mean failure.',
        enum: written(statuses),
      }),
    rule: z.string().min(1).optional(),
    target: z.string().min(1).optional(),
    content: anyRef.optional(),
  }),
  answers: { 200: listOf(row) },
  problems: [],
});

export const getRow = endpoint({
  method: 'GET',
  path: '/v1/push/items/{id}',
  operationId: 'getPushItem',
  summary: 'A row of the queue.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: row },
  problems: [404],
});

export const resetRow = endpoint({
  method: 'POST',
  path: '/v1/push/items/{id}/reset',
  operationId: 'resetPushItem',
  summary: 'Have a failed row pushed again, by the next run.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: row },
  problems: [404, 409],
});

export const resetRows = endpoint({
  method: 'POST',
  path: '/v1/push/items/reset',
  operationId: 'resetPushItems',
  summary: 'Have failed rows pushed again. Of very many a call takes a part.',
  tag,
  params: nothing,
  query: nothing,
  body: z.strictObject({
    status: failedStatus,
    rule: z.string().min(1).optional(),
    cursor: goOn,
  }),
  answers: { 202: z.strictObject({ accepted: z.int().min(0), nextCursor: goesOn }) },
  problems: [],
});

const cleaning = {
  tag,
  params: nothing,
  query: nothing,
  body: z
    .strictObject({
      dryRun: z.boolean().default(false).meta({ description: 'Only say what would go.' }),
      cursor: goOn,
    })
    .prefault({}),
  problems: [],
} as const;

function cleaned<T extends z.ZodType>(item: T) {
  return z.strictObject({
    deleted: z.int().min(0),
    candidates: z.int().min(0),
    items: z.array(item),
    nextCursor: goesOn,
  });
}

export const cleanQueue = endpoint({
  ...cleaning,
  method: 'POST',
  path: '/v1/push/clean-queue',
  operationId: 'cleanPushQueue',
  summary: 'Remove rows that were pushed long ago.',
  answers: {
    200: cleaned(
      z.strictObject({
        id: z.string(),
        rule: z.string(),
        target: z.string(),
        content: z.string(),
        lastAttemptAt: timestamp,
      }),
    ),
  },
});

export const cleanExport = endpoint({
  ...cleaning,
  method: 'POST',
  path: '/v1/push/clean-export',
  operationId: 'cleanPushExport',
  summary: 'Delete files that were exported long ago.',
  answers: {
    200: cleaned(z.strictObject({ key: z.string(), size: z.int().min(0), modifiedAt: timestamp })),
  },
});

export const checkQueue = endpoint({
  method: 'GET',
  path: '/v1/push/check',
  operationId: 'checkPushQueue',
  summary: 'Whether pushes wait longer than they should.',
  tag,
  params: nothing,
  query: nothing,
  answers: {
    200: z.strictObject({
      status: z.enum(['ok', 'late', 'too-late']),
      oldest: z.strictObject({ id: z.string(), createdAt: timestamp }).optional(),
      waiting: z.int().min(0).meta({ description: 'NEW rows.' }),
    }),
  },
  problems: [],
});

export const rowEndpoints = [
  listRows,
  resetRows,
  getRow,
  resetRow,
  cleanQueue,
  cleanExport,
  checkQueue,
];
