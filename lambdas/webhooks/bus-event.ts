import * as z from 'zod';
import type { CustomEventType } from '../shared/define/event-type.ts';
import { PermanentError } from '../shared/errors.ts';
import { envelope } from '../shared/events/domain-event.ts';
import { eventSource } from '../shared/events/event-bus.ts';
import { resourceIdPattern, resourceTypePattern, typeOf } from '../shared/resource-ref.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** An event as EventBridge hands it to a queue. */
export const busMessage = z.object({
  id: z.string(),
  source: z.string(),
  'detail-type': z.string(),
  time: z.iso.datetime({ offset: true }),
  detail: z.unknown(),
});
export type BusMessage = z.output<typeof busMessage>;

/** The most that a foreign event may concern; each of them is looked up. */
const maxAudience = 100;

/** What a reference looks like: of any type, as one that nobody has matches nothing. */
function isReference(text: string): boolean {
  return (
    resourceTypePattern.test(typeOf(text)) &&
    resourceIdPattern.test(text.slice(typeOf(text).length + 1))
  );
}

/** What producers other than this application say: `id` and `at` are EventBridge's where they don't. */
const foreignDetail = z.object({
  data: z.unknown().refine((data) => data !== undefined, 'is missing'),
  audience: z
    .array(z.string().refine(isReference, 'must be "type:id"'))
    .max(maxAudience)
    .default([]),
  id: z.string().regex(resourceIdPattern).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});

/**
 * The event of a message from the bus: one of this application's, whose relays have checked it, or one
 * of a declared type straight from any producer.
 *
 * @throws PermanentError when it is of no declared type, or its data do not fit the type.
 */
export function busEventOf(
  message: BusMessage,
  customTypes: readonly CustomEventType[],
): WebhookEvent {
  const { source, 'detail-type': type } = message;
  return source === eventSource
    ? ownEvent(type, message.detail)
    : foreignEvent(message, customTypes);
}

function ownEvent(type: string, detail: unknown): WebhookEvent {
  const parsed = envelope.safeParse(detail);
  if (!parsed.success) throw notRight(type, parsed.error);
  const { id, at, audience, data } = parsed.data;
  return { id, type, atMs: Date.parse(at), audience, data };
}

function foreignEvent(
  { id: busId, 'detail-type': type, time, detail }: BusMessage,
  customTypes: readonly CustomEventType[],
): WebhookEvent {
  const declared = customTypes.find((one) => one.type === type);
  if (!declared) throw new PermanentError(`no declared event type: ${type}`);
  const parsed = foreignDetail.safeParse(detail);
  if (!parsed.success) throw notRight(type, parsed.error);
  const { id = busId, at = time, audience, data } = parsed.data;
  const checked = declared.schema.safeParse(data);
  if (!checked.success) throw notRight(type, checked.error);
  const atMs = Date.parse(at);
  if (atMs < 0) throw new PermanentError(`event of ${type}: it is older than ids can tell`);
  return { id, type, atMs, audience, data };
}

function notRight(type: string, error: z.ZodError): PermanentError {
  return new PermanentError(`event of ${type}: ${z.prettifyError(error)}`);
}
