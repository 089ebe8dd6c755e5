import * as z from 'zod';
import type { Column } from './output.ts';

/** A run as the API gives it. */
export const runSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  rule: z.string().optional(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  counts: z.looseObject({ selected: z.number(), pushed: z.number(), failed: z.number() }),
  messages: z.array(z.string()),
});

export type ShownRun = z.infer<typeof runSchema>;

export const runColumns: readonly Column<ShownRun>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'KIND', cell: ({ kind }) => kind },
  { heading: 'SELECTED', cell: ({ counts }) => String(counts.selected) },
  { heading: 'PUSHED', cell: ({ counts }) => String(counts.pushed) },
  { heading: 'FAILED', cell: ({ counts }) => String(counts.failed) },
  { heading: 'STARTED', cell: ({ startedAt }) => startedAt },
  { heading: 'FINISHED', cell: ({ finishedAt }) => finishedAt ?? '' },
  { heading: 'RULE', cell: ({ rule }) => rule ?? '' },
];

/** What a run did, in a few words. */
export function countsOf({ counts: { selected, pushed, failed } }: ShownRun): string {
  return `Selected: ${String(selected)}. Pushed: ${String(pushed)}. Failed: ${String(failed)}.`;
}
