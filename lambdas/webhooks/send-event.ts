import * as z from 'zod';
import { ConflictError, HttpError, ValidationError, invalid } from '../shared/errors.ts';
import type { Caller } from '../shared/http/caller.ts';
import { firstAnswer, hashOfBody } from '../shared/idempotency.ts';
import type { IdempotencyStore } from '../shared/idempotency.ts';
import { rfc3339 } from '../shared/identifier.ts';
import type { NewUlid } from '../shared/identifier.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { CustomEventStore } from './custom-event-store.ts';
import type { EventTypes } from './event-types.ts';
import { expiryAfter } from './expiry.ts';

export interface SendEventParts {
  events: CustomEventStore;
  eventTypes: EventTypes;
  idempotency: IdempotencyStore;
  newUlid: NewUlid;
  pace: Pace;
  /** So long the same id is known to be the same event. */
  retentionDays: number;
}

/** An event as another system tells it. */
export interface SentEvent {
  type: string;
  data: unknown;
  audience: readonly string[];
  id?: string | undefined;
}

/** Bytes of an event as JSON: what the bus takes (256 KiB), less room for its envelope and for rules. */
const maxEventBytes = 240 * 1024;

const remembered = z.object({ id: z.string(), at: z.string() });

/**
 * Takes an event of another system; the table's stream brings it to the bus. The same id and body again
 * change nothing. Gives its id.
 *
 * @throws ValidationError when its type is not declared, or its data does not fit the type's schema;
 * HttpError 413; ConflictError when id or Idempotency-Key were used with another body.
 */
export async function sendEvent(
  { events, eventTypes, idempotency, newUlid, pace, retentionDays }: SendEventParts,
  caller: Caller,
  sent: SentEvent,
  idempotencyKey: string | undefined,
): Promise<string> {
  const { type, data } = sent;
  checkData(eventTypes, type, data);
  const nowMs = pace.now();
  const audience = [...new Set(sent.audience)].toSorted();
  const own = { id: sent.id ?? `evt_${newUlid(nowMs)}`, at: rfc3339(nowMs) };
  const bytes = Buffer.byteLength(JSON.stringify({ ...own, type, audience, data }));
  if (bytes > maxEventBytes) {
    throw new HttpError(413, `The event is larger than ${String(maxEventBytes / 1024)} KiB.`);
  }
  const { id, at } = await firstAnswer(
    idempotency,
    { idempotencyKey, scope: [caller.ref, 'POST', 'events'], body: sent },
    own,
    remembered,
  );
  const bodyHash = hashOfBody({ type, data, audience });
  const event = { id, type, at, audience, data: JSON.stringify(data), bodyHash };
  const expiresAt = expiryAfter(retentionDays, nowMs);
  const { existing } = await persist(pace, async () => events.create(event, expiresAt));
  if (existing && existing.bodyHash !== bodyHash) {
    throw new ConflictError('An event with this id and another body was sent before.');
  }
  return id;
}

function checkData(eventTypes: EventTypes, type: string, data: unknown): void {
  if (eventTypes.isOwn(type)) {
    throw invalid('body.type', 'is an event of Sequitur’s own, which nobody else sends');
  }
  const declared = eventTypes.custom(type);
  if (!declared) throw invalid('body.type', 'is not declared in config/event-types.ts');
  const checked = declared.schema.safeParse(data);
  if (checked.success) return;
  throw new ValidationError(
    checked.error.issues.map(({ path, message }) => ({
      path: ['body', 'data', ...path.map(String)].join('.'),
      message,
    })),
  );
}
