import * as z from 'zod';
import type { IndexKeys, RelayedChanges } from '../shared/dynamo/table-keys.ts';
import { jsonOf } from '../shared/environment.ts';
import { pushSettings } from './settings.ts';

/** Beginnings of partition keys. */
export const prefixes = {
  content: 'CONTENT#',
  row: 'PUSH#',
  place: 'PLACE#',
  run: 'RUN#',
} as const;

/**
 * Keys of the table.
 *
 * | pk | sk | what |
 * | --- | --- | --- |
 * | `CONTENT#<type>:<id>` | `CONTENT` | an item of content |
 * | `PUSH#<ulid>` | `PUSH` | a row of the queue |
 * | `PLACE#<rule>#<target>#<content>` | `PLACE` | the newest row of the three: none joins it while it is NEW |
 * | `RUN#<ulid>` | `RUN` | a run, of the queue or of a mass rule |
 * | `LANES` | `<lane>` | who works in a lane, and until when: a connection's worth of a host |
 */
export const keys = {
  content: (ref: string) => ({ pk: `${prefixes.content}${ref}`, sk: 'CONTENT' }),
  row: (ulid: string) => ({ pk: `${prefixes.row}${ulid}`, sk: 'PUSH' }),
  place: (rule: string, target: string, content: string) => ({
    pk: `${prefixes.place}${rule}#${target}#${content}`,
    sk: 'PLACE',
  }),
  run: (ulid: string) => ({ pk: `${prefixes.run}${ulid}`, sk: 'RUN' }),
  lane: (lane: string) => ({ pk: 'LANES', sk: lane }),
} as const;

/** What lists of the queue are filtered by, beside an index's own key. */
const filtered = { include: ['rule', 'target', 'content'] } as const;

/**
 * Sparse: an item is in an index while it has the attributes. All are sorted by ULIDs: by the time at
 * which the thing was made.
 *
 * `byStatus`: rows by their status, and runs that are running (`RUNNING`). `failed`: rows that failed
 * (`FAILED`). `listed`: all rows (`ROWS`), all runs (`RUNS`), and content by its type (`TYPE#<type>`).
 * `byContent`: rows of a content.
 */
export const indexes = {
  byStatus: { partitionKey: 'statusKey', sortKey: 'ulid', projection: filtered },
  failed: { partitionKey: 'failedKey', sortKey: 'ulid', projection: filtered },
  listed: { partitionKey: 'listKey', sortKey: 'ulid', projection: filtered },
  byContent: { partitionKey: 'contentKey', sortKey: 'ulid', projection: filtered },
} as const satisfies Record<string, IndexKeys>;

/** Partitions of indexes that hold more than one kind of thing. */
export const partitions = {
  running: 'RUNNING',
  failed: 'FAILED',
  rows: 'ROWS',
  runs: 'RUNS',
  contentOf: (type: string) => `TYPE#${type}`,
} as const;

/** Changes from which something may follow. */
export const relayedChanges: readonly RelayedChanges[] = [
  { pk: prefixes.content },
  { pk: prefixes.row, kinds: ['INSERT', 'MODIFY'] },
];

const table = { PUSH_TABLE: z.string() };
const settings = { PUSH_SETTINGS: jsonOf(pushSettings) };
/** Uploaded files of content. */
const binaries = { BINARIES_BUCKET: z.string() };
/** Exported files. */
const outbox = { EXPORTS_BUCKET: z.string() };
/** Content that changed, for the rules. */
const selectQueue = { SELECT_QUEUE_URL: z.url() };
/** Pushes of the queue, and of mass rules. */
const workQueue = { WORK_QUEUE_URL: z.url() };
/** Folder beside the bundle with templates, schemas and certificates from `config/`. */
const files = { PUSH_FILES: z.string() };

/** Environment of each function; `lib/push.ts` fills it in. */
export const environments = {
  api: z.object({
    ...table,
    ...settings,
    ...binaries,
    ...outbox,
    ...workQueue,
    USER_TYPE: z.string(),
  }),
  relay: z.object({ ...selectQueue, EVENT_BUS_NAME: z.string(), FAILURE_QUEUE_URL: z.url() }),
  select: z.object({ ...table, ...binaries }),
  arrival: z.object({ ...table, ...binaries }),
  work: z.object({ ...table, ...settings, ...binaries, ...outbox, ...workQueue, ...files }),
  minute: z.object({ ...table, ...settings, ...workQueue }),
  daily: z.object({ ...table, ...settings, ...outbox }),
};

const ulid = z.ulid();
const moment = z.int().min(0);

/** What follows from a change of content. */
export const selectJob = z.discriminatedUnion('kind', [
  /** Ask the rules. */
  z.object({
    kind: z.literal('select'),
    ref: z.string(),
    /** ULID of the item: one that was deleted and made again under the same reference is another. */
    item: ulid,
    /** Of the content when it had changed; it may have changed again since. */
    version: z.int().min(1),
    created: z.boolean(),
    /** Names of fields and binaries. */
    changed: z.array(z.string()),
    atMs: moment,
  }),
  /** Delete files that no content has any more; what is being sent has had its time. */
  z.object({ kind: z.literal('forget'), keys: z.array(z.string()).min(1) }),
]);
export type SelectJob = z.output<typeof selectJob>;

/** Work of the function that exports and sends. */
export const workJob = z.discriminatedUnion('kind', [
  /** Push what is NEW for the targets on a host, until there is none, in a lane of that host. */
  z.object({ kind: z.literal('drain'), run: ulid, host: z.string(), lane: z.int().min(0) }),
  /** Make and pack the files of a mass run. */
  z.object({ kind: z.literal('export'), run: ulid }),
  /** Send the files of a mass run to one of the rule's targets, then the next. */
  z.object({ kind: z.literal('send'), run: ulid, target: z.string() }),
]);
export type WorkJob = z.output<typeof workJob>;

/** Longest run of the worker: Lambda's limit. */
export const workSeconds = 900;

/** Time from a run's start after which it takes no further rows; the rest is for those that it has. */
export const claimsWithinMs = 360_000;

/** A worker that has not renewed its lane for so long is dead. */
export const laneLeaseMs = 60_000;

/** How often a worker renews its lane. */
export const laneRenewalMs = 15_000;
