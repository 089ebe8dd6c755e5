import type * as z from 'zod';
import { convoEvents } from './convo-events.ts';
import { followEvents } from './follow-events.ts';
import { hookEvents } from './hook-events.ts';
import { pushEvents } from './push-events.ts';
import { timelineEvents } from './timeline-events.ts';

/** An event type: what it says, and the shape of its `data`. */
export interface EventDefinition {
  description: string;
  schema: z.ZodType;
  example: unknown;
}

/** Every event type of the application. A domain adds its own file here. */
export const eventTypes = {
  ...followEvents,
  ...timelineEvents,
  ...convoEvents,
  ...hookEvents,
  ...pushEvents,
} satisfies Record<string, EventDefinition>;

export type EventType = keyof typeof eventTypes;
export type EventData<T extends EventType> = z.output<(typeof eventTypes)[T]['schema']>;
