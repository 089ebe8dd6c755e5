import * as z from 'zod';
import type { IndexKeys, RelayedChanges } from '../shared/dynamo/table-keys.ts';
import { jsonOf } from '../shared/environment.ts';
import { hookMark, markOfDelivery } from './delivery.ts';
import { sortable } from './lane.ts';
import { webhooksSettings } from './settings.ts';

/** Beginnings of partition keys. */
export const prefixes = {
  hook: 'HOOK#',
  owner: 'OWNER#',
  delivery: 'DEL#',
  event: 'EVENT#',
  lane: 'LANE#',
  custom: 'CUSTOM#',
  erasure: 'ER#',
} as const;

/** Beginnings of sort keys in a lane's partition. */
export const lanePrefixes = { queued: 'Q#', record: 'B#' } as const;

/**
 * Keys of the table.
 *
 * | pk | sk | what |
 * | --- | --- | --- |
 * | `HOOK#<ulid>` | `HOOK` | a hook with its sealed secrets; for two days after its deletion a mark |
 * | `HOOK#<ulid>` | `HEALTH` | how its posts go, while some fail |
 * | `HOOK#<ulid>` | `RATE` | when the next post may be made, of hooks with a rate limit |
 * | `HOOKS` | `<ulid>` | that there is such a hook, for the list of all |
 * | `OWNER#<ref or *>` | `<ulid>` | what matching needs of a hook, by its owner; `*` is the installation |
 * | `DEL#<mark of the hook>` | `<ulid>` | a delivery |
 * | `EVENT#<hash>` | `EVENT` | the payload of an event, where it is not in its deliveries, by its bytes |
 * | `LANE#<hook>` | `LANE` | the lane of a hook with batches or in order |
 * | `LANE#<hook>` | `Q#<sequence>` | a delivery that waits behind a failing one |
 * | `LANE#<hook>` | `B#<batch>#<first delivery>` | a post of a batch, on record |
 * | `CUSTOM#<event id>` | `CUSTOM` | an event that was sent by the API |
 * | `SECRET#hooks` | `SECRET` | the data key that seals secrets, itself encrypted by KMS |
 * | `ER#<ref>` | `ER` | how far the erasure of a resource is |
 */
export const keys = {
  hook: (ulid: string) => ({ pk: `${prefixes.hook}${ulid}`, sk: 'HOOK' }),
  health: (ulid: string) => ({ pk: `${prefixes.hook}${ulid}`, sk: 'HEALTH' }),
  rate: (ulid: string) => ({ pk: `${prefixes.hook}${ulid}`, sk: 'RATE' }),
  listed: (ulid: string) => ({ pk: 'HOOKS', sk: ulid }),
  owned: (owner: string | null, ulid: string) => ({
    pk: `${prefixes.owner}${owner ?? '*'}`,
    sk: ulid,
  }),
  delivery: (ulid: string) => ({ pk: `${prefixes.delivery}${markOfDelivery(ulid)}`, sk: ulid }),
  deliveriesOf: (hook: string) => `${prefixes.delivery}${hookMark(hook)}`,
  event: (payloadKey: string) => ({ pk: `${prefixes.event}${payloadKey}`, sk: 'EVENT' }),
  lane: (hook: string) => inLane(hook, 'LANE'),
  queued: (hook: string, sequence: string) =>
    inLane(hook, `${lanePrefixes.queued}${sortable(sequence)}`),
  record: (hook: string, batch: number, first: string) =>
    inLane(hook, `${lanePrefixes.record}${String(batch).padStart(12, '0')}#${first}`),
  custom: (id: string) => ({ pk: `${prefixes.custom}${id}`, sk: 'CUSTOM' }),
  dataKey: { pk: 'SECRET#hooks', sk: 'SECRET' },
  erasure: (ref: string) => ({ pk: `${prefixes.erasure}${ref}`, sk: 'ER' }),
} as const;

function inLane(hook: string, sk: string) {
  return { pk: `${prefixes.lane}${hook}`, sk };
}

/**
 * Sparse: an item is in an index while it has the attributes.
 *
 * `due`: what is to be done later than a queue can wait, in shards by hook. `failures`: failed
 * deliveries by owner (`*` for the installation's). `allFailures`: those of everybody, in one
 * partition.
 */
export const indexes = {
  due: { partitionKey: 'dueShard', sortKey: 'dueAt', projection: 'keys' },
  failures: { partitionKey: 'failedOf', sortKey: 'sk', projection: 'keys' },
  allFailures: { partitionKey: 'failedIn', sortKey: 'sk', projection: 'keys' },
} as const satisfies Record<string, IndexKeys>;

/** Partitions of the index `due`, so that one partition's 1,000 writes a second are no limit. */
export const dueShards = 8;

/** The one partition of the index `allFailures`. */
export const allFailures = 'FAILED';

/** Changes from which something may follow. */
export const relayedChanges: readonly RelayedChanges[] = [
  { pk: prefixes.hook, sk: 'HOOK', kinds: ['MODIFY'] },
  { pk: prefixes.hook, sk: 'HEALTH', kinds: ['MODIFY', 'INSERT'] },
  { pk: prefixes.custom, kinds: ['INSERT'] },
  { pk: prefixes.erasure },
];

const table = { WEBHOOKS_TABLE: z.string() };
const settings = { WEBHOOKS_SETTINGS: jsonOf(webhooksSettings) };
const secrets = { SECRETS_KEY_ARN: z.string() };
/** File beside the bundle with further authorities (setting `webhooks.caFile`); empty: none. */
const trust = { TRUSTED_CA: z.string() };
/** Posts of single deliveries, and timers that end within the reach of SQS's delays. */
const postQueue = { POST_QUEUE_URL: z.url() };
/** FIFO, a group for each hook. */
const laneQueue = { LANE_QUEUE_URL: z.url() };

/** Environment of each function; `lib/webhooks.ts` fills it in. */
export const environments = {
  api: z.object({
    ...table,
    ...settings,
    ...secrets,
    ...postQueue,
    ...laneQueue,
    USER_TYPE: z.string(),
  }),
  matcher: z.object({ ...table, ...settings, ...postQueue, ...laneQueue }),
  post: z.object({ ...table, ...settings, ...secrets, ...trust, ...postQueue, ...laneQueue }),
  lane: z.object({ ...table, ...settings, ...secrets, ...trust, ...postQueue, ...laneQueue }),
  due: z.object({ ...table, ...postQueue }),
  relay: z.object({ EVENT_BUS_NAME: z.string(), FAILURE_QUEUE_URL: z.url() }),
  upkeep: z.object({ ...table, UPKEEP_QUEUE_URL: z.url() }),
};

/** Time for which each thing that a post needs, or leads to, is tried again while it fails. */
export const postPatienceMs = 2_000;

/**
 * Such things one after the other, at most: hook and delivery, payload, turn, probe, secrets, health
 * and disabling after the post, the lane's word of it, the row, what is exhausted and disabling for it,
 * the next job.
 */
const thingsAroundPost = 12;

/** Time that a function needs besides the post itself, so that it is not ended before its row is stored. */
export const aroundPostMs = thingsAroundPost * postPatienceMs;

/** Time from the start of a lane's run after which no further post begins in it. */
export const lanePostsBeginWithinMs = 20_000;

const ulid = z.ulid();

/** Work of the post worker. */
export const postJob = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('post'),
    hook: ulid,
    delivery: ulid,
    /** The delivery's tries before this one: another number means that the job is a repeat. */
    tries: z.int().min(0),
    /** Asked for by a person: one try, whatever the schedule says. */
    single: z.boolean().optional(),
    /** Its turn under the hook's rate limit has come. */
    reserved: z.boolean().optional(),
  }),
  /** Wakes a lane: SQS's FIFO queues have no timers of their own. */
  z.object({ kind: z.literal('wake'), hook: ulid, at: z.int().min(0) }),
]);
export type PostJob = z.output<typeof postJob>;

/** Work of the lane worker; a FIFO group for each hook. */
export const laneJob = z.discriminatedUnion('kind', [
  /** An event for a hook in batch mode or with `ordered`. */
  z.object({
    kind: z.literal('take'),
    hook: ulid,
    event: z.object({ id: z.string(), type: z.string(), atMs: z.int().min(0) }),
    payload: z.string(),
  }),
  /** The lane's timer of that moment has come. */
  z.object({ kind: z.literal('wake'), hook: ulid, at: z.int().min(0) }),
  /** Deliver stored events singly, now: these, or all. */
  z.object({ kind: z.literal('single'), hook: ulid, deliveries: z.array(ulid).optional() }),
  /** Deliveries at rest that are to be posted again, in this order, behind what waits. */
  z.object({
    kind: z.literal('replay'),
    hook: ulid,
    deliveries: z.array(
      z.object({
        ulid,
        /** As it was read: one that has changed since was set going by somebody else. */
        version: z.int().min(0),
        /** Posts so far, those of batches too. */
        tries: z.int().min(0),
      }),
    ),
  }),
  /** The hook was changed, disabled or deleted: what waits may have to go another way. */
  z.object({ kind: z.literal('settle'), hook: ulid }),
]);
export type LaneJob = z.output<typeof laneJob>;

/** Work behind the API. */
export const upkeepJob = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('erase'),
    ref: z.string(),
    erasureId: ulid,
    /** What came later stays. */
    startedAt: z.iso.datetime(),
    /** 2: a second look, when whatever ran at the beginning has long ended. */
    pass: z.literal([1, 2]),
  }),
  /** What was still being written when a hook was erased. */
  z.object({ kind: z.literal('sweep'), hook: ulid }),
]);
export type UpkeepJob = z.output<typeof upkeepJob>;
export type EraseJob = Extract<UpkeepJob, { kind: 'erase' }>;
