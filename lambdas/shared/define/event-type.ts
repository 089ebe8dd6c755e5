import type * as z from 'zod';

/** Names of event types: two words or more; no longer than the bus takes. */
export const eventTypePattern = /^(?=.{1,128}$)[a-z][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+$/;

/** A type of events that your own systems send. */
export interface CustomEventType {
  /** Lower-case words with dots between, e.g. `article.published`; two words at least. */
  type: string;
  /** What happened when there is such an event: a sentence. */
  description: string;
  /** Shape of `data`; must be expressible as JSON Schema. */
  schema: z.ZodType;
  /** A `data` that fits the schema. */
  example: unknown;
}

/** Declares an event type. Its mistakes are reported by `defineConfig`. */
export function defineEventType(eventType: CustomEventType): CustomEventType {
  return eventType;
}
