import * as z from 'zod';
import { stableUlid } from '../identifier.ts';
import { PermanentError } from '../errors.ts';
import { eventTypes } from './registry.ts';
import type { EventData, EventType } from './registry.ts';

/** What happened, as it travels on the bus and reaches every consumer: also in systems of others. */
export interface BusEvent {
  /** The same however often the event is sent, so consumers can tell a repeat. */
  id: string;
  type: string;
  /** When it happened: RFC 3339, UTC, milliseconds. */
  at: string;
  /** Whom it concerns: references of the resources whose subscribers get it. */
  audience: string[];
  data: unknown;
}

/** What happened in this application. Its id is `evt_` and a ULID. */
export interface DomainEvent<T extends EventType = EventType> extends BusEvent {
  type: T;
  data: EventData<T>;
}

/** The envelope of any event, its data still unread. */
export const envelope = z.object({
  id: z.string(),
  type: z.string(),
  at: z.iso.datetime(),
  audience: z.array(z.string()),
  data: z.unknown(),
});

/**
 * Makes an event whose id depends only on its type, its time and `seed` (the id of the stream record
 * it comes from), so that handling the record again makes the same event.
 *
 * @throws PermanentError when the data does not fit the type's schema.
 */
export function domainEvent<T extends EventType>(
  type: T,
  about: { atMs: number; seed: string; audience: readonly string[]; data: EventData<T> },
): DomainEvent<T> {
  const checked = eventTypes[type].schema.safeParse(about.data);
  if (!checked.success) {
    throw new PermanentError(`data of ${type}: ${z.prettifyError(checked.error)}`);
  }
  return {
    id: `evt_${stableUlid(about.atMs, `${type} ${about.seed}`)}`,
    type,
    at: new Date(about.atMs).toISOString(),
    audience: [...new Set(about.audience)],
    data: about.data,
  };
}
