import * as z from 'zod';
import type { IndexKeys } from '../shared/dynamo/table-keys.ts';
import { jsonOf } from '../shared/environment.ts';
import { envelope } from '../shared/events/domain-event.ts';
import { eventTypes } from '../shared/events/registry.ts';
import { followsReadEnvironment } from './read-environment.ts';
import { followsSettings } from './settings.ts';

/** Kinds of items, by the beginning of their partition key. The key's rest is a reference. */
export const prefixes = {
  /** `E#<follower>` / `<followed>`: a follow. */
  edge: 'E#',
  /** `C#<ref>` / `<shard>`: counters. */
  counter: 'C#',
  /** `ENDED#<follower>` / `<followId>`: a follow that ended. */
  ended: 'ENDED#',
  /** `ER#<ref>` / `ER`: the erasure of a resource. */
  erasure: 'ER#',
} as const;

/** Kinds whose changes matter to the relay. */
export const relayedPrefixes: readonly string[] = [prefixes.edge, prefixes.ended, prefixes.erasure];

/** Each list of a resource and type is one partition of one index, ordered by ULID. */
export const indexes = {
  followers: { partitionKey: 'inKey', sortKey: 'followId', projection: 'keys' },
  followings: { partitionKey: 'outKey', sortKey: 'followId', projection: 'keys' },
  friends: { partitionKey: 'friendKey', sortKey: 'friendId', projection: 'keys' },
} as const satisfies Record<string, IndexKeys>;

export { followsReadEnvironment };

/** A domain that takes part in an erasure. */
export const erasurePart = z.enum(['follows', 'timelines', 'convos', 'webhooks']);
export type ErasurePart = z.output<typeof erasurePart>;

const erasureParts = jsonOf(z.array(erasurePart).min(1));

export const apiEnvironment = followsReadEnvironment.extend({
  USER_TYPE: z.string(),
  ON_REPEAT: followsSettings.shape.onRepeat.unwrap(),
  ERASURE_PARTS: erasureParts,
});

export const relayEnvironment = z.object({
  EVENT_BUS_NAME: z.string(),
  ERASURE_QUEUE_URL: z.string(),
  FAILURE_QUEUE_URL: z.string(),
});

/** Work on the follows of a resource that is being erased. */
export const eraseFollowsJob = z.object({
  job: z.literal('erase-follows'),
  ref: z.string(),
  erasureId: z.ulid(),
  pass: z.literal([1, 2]),
});
export type EraseFollowsJob = z.output<typeof eraseFollowsJob>;

/** What another domain reports, as the bus brings it. */
const erasureReport = z.object({
  detail: envelope.extend({
    type: z.literal('erasure.progressed'),
    data: eventTypes['erasure.progressed'].schema.extend({ part: erasurePart }),
  }),
});

/** Messages of the erasure's queue. */
export const erasureMessage = z.union([eraseFollowsJob, erasureReport]);

export const erasureEnvironment = followsReadEnvironment.extend({
  ERASURE_QUEUE_URL: z.string(),
});
