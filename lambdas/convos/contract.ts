import * as z from 'zod';
import type { IndexKeys, RelayedChanges } from '../shared/dynamo/table-keys.ts';
import { jsonOf } from '../shared/environment.ts';
import { convosSettings } from './settings.ts';

/** Beginnings of partition keys. */
export const prefixes = { box: 'BOX#', message: 'MSG#', erasure: 'ER#' } as const;

/** Beginnings of sort keys in a user's partition. */
export const boxPrefixes = { side: 'T#', copy: 'M#', block: 'B#' } as const;

/**
 * Keys of the table. All that a user has stands in one partition; a message's text is kept once, for
 * both of its sides.
 *
 * | pk | sk | what |
 * | --- | --- | --- |
 * | `BOX#<user>` | `T#<thread>` | the user's side of a thread: what lists show of it |
 * | `BOX#<user>` | `M#<thread>#<ulid>` | the user's copy of a message: excerpt and read mark |
 * | `BOX#<user>` | `B#<ulid>` | whom the user blocks, oldest first |
 * | `BOX#<user>` | `STATE` | unread messages and threads; how often a block of or by the user changed |
 * | `BOX#<user>` | `HOUR#<hour>` | threads the user started in that hour |
 * | `MSG#<random part of the ulid>` | `MSG` | a message with its text |
 * | `PAIR#<lower>#<higher>` | `PAIR` | which of two users blocks the other |
 * | `ER#<ref>` | `ER` | how far the erasure of a user is |
 */
export const keys = {
  box: (user: string) => `${prefixes.box}${user}`,
  side: (user: string, thread: string) => inBox(user, `${boxPrefixes.side}${thread}`),
  copy: (user: string, thread: string, ulid: string) =>
    inBox(user, `${boxPrefixes.copy}${thread}#${ulid}`),
  block: (user: string, ulid: string) => inBox(user, `${boxPrefixes.block}${ulid}`),
  state: (user: string) => inBox(user, 'STATE'),
  hour: (user: string, hour: number) => inBox(user, `HOUR#${hour}`),
  message: (nonce: string) => ({ pk: `${prefixes.message}${nonce}`, sk: 'MSG' }),
  pair: (lower: string, higher: string) => ({ pk: `PAIR#${lower}#${higher}`, sk: 'PAIR' }),
  erasure: (ref: string) => ({ pk: `${prefixes.erasure}${ref}`, sk: 'ER' }),
} as const;

function inBox(user: string, sk: string) {
  return { pk: `${prefixes.box}${user}`, sk };
}

/** Changes from which something may follow: sending writes seven items, and one of them tells of it. */
export const relayedChanges: readonly RelayedChanges[] = [
  { pk: prefixes.message, kinds: ['INSERT'] },
  { pk: prefixes.box, sk: boxPrefixes.copy, kinds: ['MODIFY', 'REMOVE'] },
  { pk: prefixes.box, sk: boxPrefixes.side, kinds: ['MODIFY'] },
  { pk: prefixes.erasure },
];

/**
 * A side of a thread is in each folder of which it holds an active message, ordered by the thread's
 * last message. Two entries, not three: the list of all threads is both, merged
 * (docs/decisions/0011-two-folder-indexes.md).
 */
export const indexes = {
  inbox: { partitionKey: 'inboxOf', sortKey: 'last', projection: 'all' },
  outbox: { partitionKey: 'outboxOf', sortKey: 'last', projection: 'all' },
} as const satisfies Record<string, IndexKeys>;

const table = { CONVOS_TABLE: z.string() };
const settings = { CONVOS_SETTINGS: jsonOf(convosSettings) };
const upkeepQueue = { UPKEEP_QUEUE_URL: z.url() };

/** Environment of each function; `lib/convos.ts` fills it in. */
export const environments = {
  api: z.object({ ...table, ...settings, USER_TYPE: z.string() }),
  relay: z.object({
    ...settings,
    ...upkeepQueue,
    EVENT_BUS_NAME: z.string(),
    FAILURE_QUEUE_URL: z.url(),
  }),
  upkeep: z.object({ ...table, ...upkeepQueue }),
};

/** A user's copy of a message that was removed; the message goes too when the other has none either. */
const removedCopy = z.object({ thread: z.ulid(), ulid: z.ulid(), other: z.string() });
export type RemovedCopy = z.output<typeof removedCopy>;

/** Work behind the API, from the table's own stream and from follows' erasures. */
export const upkeepJob = z.discriminatedUnion('kind', [
  /** A thread was deleted for its owner: remove the copies up to this message. */
  z.object({ kind: z.literal('clear'), owner: z.string(), thread: z.ulid(), upTo: z.ulid() }),
  /** Copies were removed: remove the messages that nobody holds any more. */
  z.object({ kind: z.literal('release'), copies: z.array(removedCopy).min(1) }),
  z.object({
    kind: z.literal('erase'),
    ref: z.string(),
    erasureId: z.ulid(),
    /** What came later stays. */
    startedAt: z.iso.datetime(),
  }),
]);
export type UpkeepJob = z.output<typeof upkeepJob>;
export type EraseJob = Extract<UpkeepJob, { kind: 'erase' }>;
