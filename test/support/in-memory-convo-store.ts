import { isDeepStrictEqual } from 'node:util';
import { boxPrefixes, keys, prefixes } from '../../lambdas/convos/contract.ts';
import {
  copyOf,
  copyRow,
  messageOf,
  messageRow,
  sideOf,
  sideRow,
  stateOf,
} from '../../lambdas/convos/convo-rows.ts';
import type { Row } from '../../lambdas/convos/convo-rows.ts';
import type {
  ConvoStore,
  CopyRange,
  Folder,
  OwnOutcome,
  OwnWrite,
  SentRecord,
  SendOutcome,
  SendWrite,
  SideChange,
  SidePage,
  UserState,
} from '../../lambdas/convos/convo-store.ts';
import { nonceOf } from '../../lambdas/convos/message.ts';
import type { StoredMessage } from '../../lambdas/convos/message.ts';
import type { MessageCopy, ThreadSide } from '../../lambdas/convos/thread-side.ts';
import type { InMemoryConvoTable, MemoryWrite } from './in-memory-convo-table.ts';

type Refusal = 'taken' | 'stale' | 'limit';
type Write = MemoryWrite<Refusal>;

/** Threads in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryConvoStore implements ConvoStore {
  readonly #table: InMemoryConvoTable;
  #listed: ThreadSide[] | undefined;

  constructor(table: InMemoryConvoTable) {
    this.#table = table;
  }

  /** From now on folders show what is stored now, as indexes that lag behind do. */
  holdFolders(): void {
    this.#listed = this.#allSides();
  }

  releaseFolders(): void {
    this.#listed = undefined;
  }

  async send(write: SendWrite): Promise<SendOutcome> {
    const { message, sender, recipient, copies, blockChanges, newThread, unlessSent } = write;
    const { done, refusals } = await this.#table.transact<Refusal>([
      {
        key: keys.message(nonceOf(message.ulid)),
        condition: { holds: (row) => row === undefined, refusal: 'taken' },
        change: () => messageRow(message),
      },
      sideWrite(sender),
      sideWrite(recipient),
      ...copies.map((copy) => ({ key: keyOf(copy), change: () => copyRow(copy) })),
      unreadWrite(recipient, blockChanges),
      ...(unlessSent === undefined ? [] : [unsentCheck(unlessSent)]),
      ...(newThread ? [hourWrite(message.sender, newThread)] : []),
    ]);
    if (done) return 'sent';
    const order: readonly Refusal[] = ['taken', 'stale', 'limit'];
    return order.find((refusal) => refusals.includes(refusal)) ?? 'busy';
  }

  async changeOwn({ side, copy, seen = [], erasure }: OwnWrite): Promise<OwnOutcome> {
    const writes: Write[] = [sideWrite(side)];
    if (side.after.unread !== (side.before?.unread ?? 0)) writes.push(unreadWrite(side));
    if (copy) {
      const { before, after } = copy;
      writes.push({ ...unmarkedSince(before), change: () => after && copyRow(after) });
    }
    writes.push(...seen.map((one) => ({ ...unmarkedSince(one), change: (row?: Row) => row })));
    if (erasure) {
      const { erasureId, messages } = erasure;
      writes.push({
        key: keys.erasure(side.after.owner),
        condition: { holds: (row) => row?.['erasureId'] === erasureId, refusal: 'stale' },
        change: (row) => ({ ...row, removed: numberOf(row, 'removed') + messages }),
      });
    }
    const { done, refusals } = await this.#table.transact(writes);
    if (done) return 'done';
    return refusals.length > 0 ? 'stale' : 'busy';
  }

  state(user: string): Promise<UserState> {
    return Promise.resolve(stateOf(this.#table.get(keys.state(user))));
  }

  side(owner: string, thread: string): Promise<ThreadSide | undefined> {
    return Promise.resolve(this.#side(owner, thread));
  }

  async sideAndState(owner: string, thread: string) {
    return { side: this.#side(owner, thread), state: await this.state(owner) };
  }

  sideAndCopy(owner: string, thread: string, ulid: string) {
    const copy = this.#table.get(keys.copy(owner, thread, ulid));
    return Promise.resolve({ side: this.#side(owner, thread), copy: copy && copyOf(copy) });
  }

  message(nonce: string): Promise<StoredMessage | undefined> {
    const row = this.#table.get(keys.message(nonce));
    return Promise.resolve(row && messageOf(row));
  }

  async sentUnder(nonces: readonly string[]): Promise<SentRecord[]> {
    const found = await Promise.all(nonces.map(async (nonce) => this.message(nonce)));
    return found.flatMap((message) => {
      if (!message) return [];
      const { ulid, thread, requestHash } = message;
      return [{ ulid, thread, requestHash }];
    });
  }

  async bodies(ulids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const ulid of ulids) {
      const message = await this.message(nonceOf(ulid));
      if (message?.ulid === ulid && message.body !== undefined) found.set(ulid, message.body);
    }
    return found;
  }

  copies(
    owner: string,
    thread: string,
    { above, below, order, limit }: CopyRange,
  ): Promise<MessageCopy[]> {
    const found = this.#table
      .rows(keys.box(owner), `${boxPrefixes.copy}${thread}#`)
      .map(copyOf)
      .filter(
        ({ ulid }) =>
          (above === undefined || ulid > above) && (below === undefined || ulid < below),
      );
    const ordered = order === 'asc' ? found : found.toReversed();
    return Promise.resolve(ordered.slice(0, limit));
  }

  folder(owner: string, folder: Folder, { after, limit }: SidePage): Promise<ThreadSide[]> {
    const found = (this.#listed ?? this.#allSides())
      .filter((side) => side.owner === owner)
      .filter((side) => (folder === 'inbox' ? side.received : side.sent) > 0)
      .filter(({ last }) => after === undefined || last < after)
      .toSorted((a, b) => (a.last < b.last ? 1 : -1));
    return Promise.resolve(found.slice(0, limit));
  }

  #side(owner: string, thread: string): ThreadSide | undefined {
    const row = this.#table.get(keys.side(owner, thread));
    return row && sideOf(row);
  }

  #allSides(): ThreadSide[] {
    return this.#table.all
      .filter(
        ({ pk, sk }) =>
          String(pk).startsWith(prefixes.box) && String(sk).startsWith(boxPrefixes.side),
      )
      .map(sideOf);
  }
}

/** That a copy is there, with its mark as it was read. */
function unmarkedSince(copy: MessageCopy): Pick<Write, 'key' | 'condition'> {
  const holds = (row: Row | undefined) =>
    row !== undefined && isDeepStrictEqual(copyOf(row).mark, copy.mark);
  return { key: keyOf(copy), condition: { holds, refusal: 'stale' } };
}

function unsentCheck(nonce: string): Write {
  return {
    key: keys.message(nonce),
    condition: { holds: (row) => row === undefined, refusal: 'taken' },
    change: (row) => row,
  };
}

function sideWrite({ before, after }: SideChange): Write {
  return {
    key: keys.side(after.owner, after.thread),
    condition: { holds: (row) => isUnchanged(row, before), refusal: 'stale' },
    change: () => sideRow(after),
  };
}

/** Whether a side is as it was read. */
export function isUnchanged(row: Row | undefined, before: ThreadSide | undefined): boolean {
  return row?.['version'] === before?.version && row?.['last'] === before?.last;
}

function unreadWrite({ before, after }: SideChange, blockChanges?: number): Write {
  const was = before?.unread ?? 0;
  const threads = Number(after.unread > 0) - Number(was > 0);
  const write: Write = {
    key: keys.state(after.owner),
    change: (row) => ({
      ...keys.state(after.owner),
      ...row,
      unread: numberOf(row, 'unread') + after.unread - was,
      unreadThreads: numberOf(row, 'unreadThreads') + threads,
    }),
  };
  if (blockChanges === undefined) return write;
  const holds = (row: Row | undefined) => numberOf(row, 'blockChanges') === blockChanges;
  return { ...write, condition: { holds, refusal: 'stale' } };
}

function hourWrite(
  sender: string,
  { hour, limit, expiresAtSeconds }: NonNullable<SendWrite['newThread']>,
): Write {
  const key = keys.hour(sender, hour);
  return {
    key,
    condition: { holds: (row) => numberOf(row, 'threads') < limit, refusal: 'limit' },
    change: (row) => ({
      ...key,
      threads: numberOf(row, 'threads') + 1,
      expiresAt: expiresAtSeconds,
    }),
  };
}

function keyOf({ owner, thread, ulid }: MessageCopy) {
  return keys.copy(owner, thread, ulid);
}

/** What ADD takes for the number that is there. */
function numberOf(row: Row | undefined, name: string): number {
  const value = row?.[name];
  return typeof value === 'number' ? value : 0;
}
