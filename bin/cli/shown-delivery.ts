import * as z from 'zod';
import type { Column } from './output.ts';

const attemptSchema = z.looseObject({
  at: z.string(),
  durationMs: z.number(),
  status: z.number().optional(),
  error: z.looseObject({ kind: z.string(), message: z.string() }).optional(),
});

/** A delivery as the API gives it. */
export const deliverySchema = z.looseObject({
  id: z.string(),
  hook: z.string(),
  target: z.string(),
  event: z.looseObject({ id: z.string(), type: z.string() }),
  status: z.string(),
  tries: z.number(),
  attempts: z.array(attemptSchema),
  nextAttemptAt: z.string().optional(),
  payload: z.unknown(),
});

export const failureSchema = deliverySchema.extend({
  valid: z.boolean(),
  lastStatus: z.number().nullable(),
});

export type ShownDelivery = z.infer<typeof deliverySchema>;
export type ShownFailure = z.infer<typeof failureSchema>;

export const deliveryColumns: readonly Column<ShownDelivery>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'STATUS', cell: ({ status }) => status },
  { heading: 'TRIES', cell: ({ tries }) => String(tries) },
  { heading: 'EVENT', cell: ({ event }) => event.type },
  { heading: 'LAST TRY', cell: ({ attempts }) => attempts.at(-1)?.at ?? '' },
  { heading: 'NEXT TRY', cell: ({ nextAttemptAt }) => nextAttemptAt ?? '' },
  { heading: 'LAST OUTCOME', cell: ({ attempts }) => outcomeOf(attempts.at(-1)) },
];

export const failureColumns: readonly Column<ShownFailure>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'VALID', cell: ({ valid }) => (valid ? 'yes' : 'no') },
  { heading: 'LAST STATUS', cell: ({ lastStatus }) => lastStatus?.toString() ?? 'none' },
  { heading: 'TRIES', cell: ({ tries }) => String(tries) },
  { heading: 'EVENT', cell: ({ event }) => event.type },
  { heading: 'LAST TRY', cell: ({ attempts }) => attempts.at(-1)?.at ?? '' },
  { heading: 'HOOK', cell: ({ hook }) => hook },
  { heading: 'TARGET', cell: ({ target }) => target },
];

export const storedColumns: readonly Column<ShownDelivery>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'EVENT', cell: ({ event }) => event.type },
  { heading: 'TRIES', cell: ({ tries }) => String(tries) },
  { heading: 'HOOK', cell: ({ hook }) => hook },
  { heading: 'TARGET', cell: ({ target }) => target },
];

type ShownAttempt = z.infer<typeof attemptSchema>;

export const attemptColumns: readonly Column<ShownAttempt>[] = [
  { heading: 'AT', cell: ({ at }) => at },
  { heading: 'MS', cell: ({ durationMs }) => String(durationMs) },
  { heading: 'OUTCOME', cell: outcomeOf },
];

/** What came back of a post, in a few words. */
export function outcomeOf(attempt: ShownAttempt | undefined): string {
  if (attempt === undefined) return '';
  const { status, error } = attempt;
  if (error === undefined) return status?.toString() ?? '';
  return error.kind === 'status' ? error.message : `${error.kind}: ${error.message}`;
}
