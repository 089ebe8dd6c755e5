import * as z from 'zod';
import type { Column } from './output.ts';

const attemptSchema = z.looseObject({
  at: z.string(),
  durationMs: z.number(),
  outcome: z.string(),
  message: z.string(),
});

/** A row of the queue as the API gives it. */
export const rowSchema = z.looseObject({
  id: z.string(),
  rule: z.string(),
  target: z.string(),
  content: z.string(),
  status: z.string(),
  statusCode: z.number(),
  message: z.string(),
  attempts: z.array(attemptSchema),
  createdAt: z.string(),
  lastAttemptAt: z.string().optional(),
  runId: z.string().optional(),
});

export type ShownRow = z.infer<typeof rowSchema>;

/** The message comes last: it has a line for each file. */
export const rowColumns: readonly Column<ShownRow>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'STATUS', cell: ({ status }) => status },
  { heading: 'CODE', cell: ({ statusCode }) => String(statusCode) },
  { heading: 'CONTENT', cell: ({ content }) => content },
  { heading: 'RULE', cell: ({ rule }) => rule },
  { heading: 'TARGET', cell: ({ target }) => target },
  { heading: 'TRIES', cell: ({ attempts }) => String(attempts.length) },
  { heading: 'CREATED', cell: ({ createdAt }) => createdAt },
  { heading: 'LAST TRY', cell: ({ lastAttemptAt }) => lastAttemptAt ?? '' },
];

export const messageColumn: Column<ShownRow> = {
  heading: 'MESSAGE',
  cell: ({ message }) => message,
};

export const attemptColumns: readonly Column<ShownRow['attempts'][number]>[] = [
  { heading: 'AT', cell: ({ at }) => at },
  { heading: 'MS', cell: ({ durationMs }) => String(durationMs) },
  { heading: 'OUTCOME', cell: ({ outcome }) => outcome },
  { heading: 'MESSAGE', cell: ({ message }) => message },
];
