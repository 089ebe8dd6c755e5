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
  description: z.string().nullable(),
  retry: z
    .looseObject({
      retries: z.number().optional(),
      retryInterval: z.number().optional(),
      schedule: z.array(z.number()).optional(),
    })
    .nullable(),
  onExhausted: z.string(),
  rateLimit: z.looseObject({ perSecond: z.number() }).nullable(),
  enabled: z.boolean(),
  disabledReason: z.string().optional(),
  createdAt: z.string(),
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

/** A setting and what it is. */
interface Line {
  readonly name: string;
  readonly value: string;
}

export const lineColumns: readonly Column<Line>[] = [
  { heading: 'SETTING', cell: ({ name }) => name },
  { heading: 'VALUE', cell: ({ value }) => value },
];

function line(name: string, value: string): Line {
  return { name, value };
}

/** All of an endpoint, a line each. */
export function linesOf(hook: ShownHook): Line[] {
  const { id, target, events, description, owner, onExhausted, rateLimit, createdAt } = hook;
  return [
    line('id', id),
    line('target', target),
    line('events', events.join(' ')),
    line('description', description ?? ''),
    line('state', stateOf(hook)),
    line('owner', owner ?? 'the whole installation'),
    line('delivery', deliveryOf(hook.delivery)),
    line('retries', retriesOf(hook)),
    line('on exhausted', onExhausted),
    line('rate limit', rateLimit === null ? 'none' : `${String(rateLimit.perSecond)} a second`),
    line('created', createdAt),
  ];
}

function retriesOf({ retry, delivery }: ShownHook): string {
  if (retry === null) return delivery.mode === 'batch' ? 'none (default)' : 'default';
  const { retries, retryInterval, schedule } = retry;
  if (schedule !== undefined) return `after ${schedule.join(', ')} s`;
  return `${String(retries)}, every ${String(retryInterval)} s`;
}

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
