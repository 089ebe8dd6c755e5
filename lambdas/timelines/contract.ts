import * as z from 'zod';
import type { IndexKeys } from '../shared/dynamo/table-keys.ts';
import { jsonOf } from '../shared/environment.ts';
import { followsReadEnvironment } from '../follows/read-environment.ts';
import { timelinesSettings } from './settings.ts';

/**
 * Keys of the table. Sort keys of rows on a timeline begin with the action's ULID and `#`, so that all
 * rows about one action stand together and the table's order is the timeline's.
 *
 * | pk | sk | what |
 * | --- | --- | --- |
 * | `PUB#<actor>` | `<ulid>#` | an action on its actor's public timeline; taken back: without its verb |
 * | `TL#<owner>` | `<ulid>#<followId>` | a copy that came through that follow |
 * | `TL#<owner>` | `<ulid>#~note` | a notification |
 * | `TL#<owner>` | `<ulid>#~removed` | the owner removed this action from its private timeline |
 * | `TL#<owner>` | `HEAD` | read mark, last read, rebuild owed |
 * | `TL#<owner>` | `HEAD#<followId>` | an actor whose public timeline is merged when read |
 * | `FAN#<actor>` | `FAN` | whether actions of the actor are copied or merged |
 * | `KEPT#<actor>` | `<owner>#<followId>` | copies that outlive their follow (removeOnUnfollow off) |
 * | `ER#<ref>` | `ER` | how far the erasure of a resource is |
 */
export const keys = {
  publicTimeline: (actor: string) => `PUB#${actor}`,
  privateTimeline: (owner: string) => `TL#${owner}`,
  fanOut: (actor: string) => ({ pk: `FAN#${actor}`, sk: 'FAN' }),
  kept: (actor: string) => `KEPT#${actor}`,
  erasure: (ref: string) => ({ pk: `ER#${ref}`, sk: 'ER' }),
} as const;

export const prefixes = { publicTimeline: 'PUB#', erasure: 'ER#' } as const;

/** Suffixes of sort keys; `~` sorts after every followId. */
export const suffix = { note: '~note', removed: '~removed', end: '~~' } as const;

export const headKey = 'HEAD';

/**
 * `byVerb`: public actions by actor, verb and type of target; `byTarget`: by actor and target;
 * `notesByActor`: notifications by the actor they name (others lack the attribute and cost nothing).
 */
export const indexes = {
  byVerb: { partitionKey: 'verbKey', sortKey: 'sk', projection: 'all' },
  byTarget: { partitionKey: 'targetKey', sortKey: 'sk', projection: 'all' },
  notesByActor: { partitionKey: 'noteKey', sortKey: 'sk', projection: 'keys' },
} as const satisfies Record<string, IndexKeys>;

const table = { TIMELINES_TABLE: z.string() };
const settings = { TIMELINES_SETTINGS: jsonOf(timelinesSettings) };
const queues = {
  planQueue: { PLAN_QUEUE_URL: z.url() },
  chunkQueue: { CHUNK_QUEUE_URL: z.url() },
  upkeepQueue: { UPKEEP_QUEUE_URL: z.url() },
};

/** Environment of each function; `lib/timelines.ts` fills it in. */
export const environments = {
  api: z.object({
    ...table,
    ...settings,
    ...queues.upkeepQueue,
    ...followsReadEnvironment.shape,
    USER_TYPE: z.string(),
  }),
  relay: z.object({
    ...queues.planQueue,
    EVENT_BUS_NAME: z.string(),
    FAILURE_QUEUE_URL: z.url(),
  }),
  planner: z.object({
    ...table,
    ...settings,
    ...queues.planQueue,
    ...queues.chunkQueue,
    ...followsReadEnvironment.shape,
  }),
  chunkWorker: z.object({ ...table, ...followsReadEnvironment.shape }),
  upkeep: z.object({
    ...table,
    ...settings,
    ...queues.upkeepQueue,
    ...followsReadEnvironment.shape,
  }),
};

const link = z.tuple([z.string(), z.string()]);

const action = z.object({
  ulid: z.ulid(),
  actor: z.string(),
  verb: z.string(),
  target: z.string().optional(),
  data: z.string().optional(),
});

/** Work for the planner: who gets what; `after` continues a long list of followers. */
export const planJob = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('copy'),
    actor: z.string(),
    ulid: z.ulid(),
    after: z.string().optional(),
  }),
  z.object({
    kind: z.literal('remove'),
    actor: z.string(),
    ulid: z.ulid(),
    /** When the action was posted, milliseconds. */
    postedAt: z.number(),
    after: z.string().optional(),
  }),
  z.object({ kind: z.literal('merge'), actor: z.string(), after: z.string().optional() }),
]);
export type PlanJob = z.output<typeof planJob>;

/** Work for a chunk worker: write to some followers, given as pairs of owner and followId. */
export const chunkJob = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('copy'), action, plannedAt: z.number(), followers: z.array(link) }),
  z.object({ kind: z.literal('remove'), ulid: z.ulid(), followers: z.array(link) }),
  z.object({
    kind: z.literal('merge'),
    actor: z.string(),
    plannedAt: z.number(),
    followers: z.array(link),
  }),
]);
export type ChunkJob = z.output<typeof chunkJob>;

/** Work on single timelines, from follows' events and from readers. */
export const upkeepJob = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('import'),
    owner: z.string(),
    actor: z.string(),
    followId: z.ulid(),
    pass: z.literal([1, 2]),
  }),
  z.object({
    kind: z.literal('clean'),
    owner: z.string(),
    actor: z.string(),
    followId: z.ulid(),
    pass: z.literal([1, 2]),
  }),
  z.object({
    kind: z.literal('keep'),
    owner: z.string(),
    actor: z.string(),
    followId: z.ulid(),
    endedAt: z.iso.datetime(),
    /** The second pass. */
    again: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('trim'), owner: z.string() }),
  /** `after` continues with the followings behind that followId. */
  z.object({ kind: z.literal('rebuild'), owner: z.string(), after: z.ulid().optional() }),
  z.object({
    kind: z.literal('erase'),
    ref: z.string(),
    erasureId: z.ulid(),
    /** What came later stays. */
    startedAt: z.iso.datetime(),
    pass: z.literal([1, 2]),
    /** In the second pass: followers younger than the erasure that were looked at already. */
    settled: z.object({ list: z.enum(['followers', 'kept']), after: z.string() }).optional(),
  }),
]);
export type UpkeepJob = z.output<typeof upkeepJob>;
export type EraseJob = Extract<UpkeepJob, { kind: 'erase' }>;
