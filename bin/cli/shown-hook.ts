import * as z from 'zod';
import type { Column } from './output.ts';

/** An endpoint as the API gives it. */
export const hookSchema = z.looseObject({
  id: z.string(),
  target: z.string(),
  events: z.array(z.string()),
  delivery: z.looseObject({
    mode: z.string(),
    ordered: z.boolean().optional(),
    size: z.number().optional(),
    time: z.number().optional(),
  }),
  owner: z.string().nullable(),
  enabled: z.boolean(),
  disabledReason: z.string().optional(),
});

export type ShownHook = z.infer<typeof hookSchema>;

/** Events and target come last: they may be long. */
export const hookColumns: readonly Column<ShownHook>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'STATE', cell: stateOf },
  { heading: 'OWNER', cell: ({ owner }) => owner ?? '' },
  { heading: 'DELIVERY', cell: ({ delivery }) => deliveryOf(delivery) },
  { heading: 'EVENTS', cell: ({ events }) => events.join(' '), widest: 40 },
  { heading: 'TARGET', cell: ({ target }) => target },
];

function stateOf({ enabled, disabledReason }: ShownHook): string {
  if (enabled) return 'enabled';
  return disabledReason === undefined ? 'disabled' : `disabled (${disabledReason})`;
}

function deliveryOf({ mode, ordered, size, time }: ShownHook['delivery']): string {
  if (mode !== 'batch') return ordered === true ? 'ordered' : mode;
  const limits = [
    ...(size === undefined ? [] : [`of ${String(size)}`]),
    ...(time === undefined ? [] : [`after ${String(time)} s`]),
  ];
  return ['batch', limits.join(' or ')].join(' ').trim();
}
