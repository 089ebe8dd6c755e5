import { boxPrefixes, keys } from '../../lambdas/convos/contract.ts';
import { erasureOf, sideOf, stateOf } from '../../lambdas/convos/convo-rows.ts';
import { nonceOf } from '../../lambdas/convos/message.ts';
import type { MessageCopy, ThreadSide } from '../../lambdas/convos/thread-side.ts';
import type { ErasureProgress, UpkeepStore } from '../../lambdas/convos/upkeep-store.ts';
import { isUnchanged } from './in-memory-convo-store.ts';
import type { InMemoryConvoTable } from './in-memory-convo-table.ts';

type CopyName = Pick<MessageCopy, 'owner' | 'thread' | 'ulid'>;

const unlessRefused = { refusal: 'nothing to do' };

/** The upkeep's view in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryUpkeepStore implements UpkeepStore {
  readonly #table: InMemoryConvoTable;

  constructor(table: InMemoryConvoTable) {
    this.#table = table;
  }

  sidesOf(
    owner: string,
    { after = '', limit }: { after?: string | undefined; limit: number },
  ): Promise<ThreadSide[]> {
    const sides = this.#table.rows(keys.box(owner), boxPrefixes.side).map(sideOf);
    return Promise.resolve(sides.filter(({ thread }) => thread > after).slice(0, limit));
  }

  removeCopies(copies: readonly CopyName[]): Promise<void> {
    for (const { owner, thread, ulid } of copies) {
      this.#table.change({ key: keys.copy(owner, thread, ulid), change: () => undefined });
    }
    return Promise.resolve();
  }

  held(copies: readonly CopyName[]): Promise<Set<string>> {
    const held = copies.filter(({ owner, thread, ulid }) =>
      this.#table.get(keys.copy(owner, thread, ulid)),
    );
    return Promise.resolve(new Set(held.map(({ ulid }) => ulid)));
  }

  removeMessage(ulid: string, nowMs: number, keepKeyUntilMs: number): Promise<void> {
    this.#table.change({
      key: keys.message(nonceOf(ulid)),
      condition: { holds: (row) => row?.['ulid'] === ulid, ...unlessRefused },
      change: (row) =>
        keepKeyUntilMs <= nowMs
          ? undefined
          : {
              expiresAt: Math.ceil(keepKeyUntilMs / 1000),
              ...row,
              body: undefined,
              subject: undefined,
            },
    });
    return Promise.resolve();
  }

  removeSide(side: ThreadSide): Promise<void> {
    this.#table.change({
      key: keys.side(side.owner, side.thread),
      condition: { holds: (row) => isUnchanged(row, side), ...unlessRefused },
      change: () => undefined,
    });
    return Promise.resolve();
  }

  removeState(owner: string): Promise<void> {
    this.#table.change({
      key: keys.state(owner),
      condition: {
        holds: (row) => {
          const { unread, blockChanges } = stateOf(row);
          return unread === 0 && blockChanges === 0;
        },
        ...unlessRefused,
      },
      change: () => undefined,
    });
    return Promise.resolve();
  }

  erasure(ref: string): Promise<ErasureProgress | undefined> {
    const row = this.#table.get(keys.erasure(ref));
    if (!row) return Promise.resolve(undefined);
    const { erasureId, removed, done } = erasureOf(row);
    return Promise.resolve({ erasureId, removed, done });
  }

  beginErasure(ref: string, erasureId: string): Promise<void> {
    const key = keys.erasure(ref);
    this.#table.change({
      key,
      condition: {
        holds: (row) => row === undefined || erasureOf(row).erasureId < erasureId,
        ...unlessRefused,
      },
      change: () => ({ ...key, erasureId, removed: 0, done: false }),
    });
    return Promise.resolve();
  }

  finishErasure(ref: string, erasureId: string): Promise<void> {
    this.#table.change({
      key: keys.erasure(ref),
      condition: {
        holds: (row) => row !== undefined && erasureOf(row).erasureId === erasureId,
        ...unlessRefused,
      },
      change: (row) => ({ ...row, done: true }),
    });
    return Promise.resolve();
  }
}
