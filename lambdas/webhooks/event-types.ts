import * as z from 'zod';
import type { CustomEventType } from '../shared/define/event-type.ts';
import { eventTypes as ownTypes } from '../shared/events/registry.ts';

/** An event type as the API tells it. */
export interface EventTypeEntry {
  type: string;
  description: string;
  /** JSON Schema of the event's data. */
  schema: Record<string, unknown>;
  example: unknown;
}

/** Every event type that hooks can subscribe to: this application's own and the declared ones. */
export class EventTypes {
  readonly #custom: ReadonlyMap<string, CustomEventType>;
  readonly #all: readonly CustomEventType[];

  constructor(custom: readonly CustomEventType[]) {
    this.#custom = new Map(custom.map((eventType) => [eventType.type, eventType]));
    const own = Object.entries(ownTypes).map(([type, definition]) => ({ type, ...definition }));
    this.#all = [...own, ...custom].toSorted((a, b) => (a.type < b.type ? -1 : 1));
  }

  isDeclared(type: string): boolean {
    return this.isOwn(type) || this.#custom.has(type);
  }

  /** Whether events of this type come from this application itself, and from nobody else. */
  isOwn(type: string): boolean {
    return Object.hasOwn(ownTypes, type);
  }

  /** A type whose events other systems send. */
  custom(type: string): CustomEventType | undefined {
    return this.#custom.get(type);
  }

  /** By name; `after` is there when there are more. */
  page({ after, limit }: { after?: string | undefined; limit: number }): {
    items: EventTypeEntry[];
    after?: string | undefined;
  } {
    const left = this.#all.filter(({ type }) => after === undefined || type > after);
    const page = left.slice(0, limit);
    return { items: page.map(entryOf), ...(left.length > limit && { after: page.at(-1)?.type }) };
  }
}

function entryOf({ type, description, schema, example }: CustomEventType): EventTypeEntry {
  // What a sender may write: an attribute with a default can be left out.
  return { type, description, schema: { ...z.toJSONSchema(schema, { io: 'input' }) }, example };
}
