import type { ErasurePart } from '../../lambdas/follows/contract.ts';
import type {
  ErasableFollow,
  Erasure,
  ErasureStore,
  PartProgress,
} from '../../lambdas/follows/erasure-store.ts';
import { counterName } from '../../lambdas/follows/follow-store.ts';
import type {
  Commit,
  CounterShard,
  FollowStore,
  FollowWrite,
  ListEntry,
  ListQuery,
  StoredEdge,
  UnfollowWrite,
} from '../../lambdas/follows/follow-store.ts';
import type { EndReason, FollowPair } from '../../lambdas/follows/follows-read.ts';
import { typeOf } from '../../lambdas/shared/resource-ref.ts';

/** An ended follow as the store remembers it. */
export interface EndedFollow extends FollowPair {
  followId: string;
  friend: boolean;
  reason: EndReason;
}

type Edge = FollowPair & StoredEdge;

/**
 * Follows and erasures in memory: each call is one moment, as each transaction is. It passes the same
 * contract tests as the table's adapters.
 */
export class InMemoryFollowStore implements FollowStore, ErasureStore {
  readonly #edges = new Map<string, Edge>();
  readonly #counters = new Map<string, Map<number, CounterShard>>();
  readonly #ended: EndedFollow[] = [];
  readonly #erasures = new Map<string, Erasure>();
  #listed: Edge[] | undefined;

  /** Everything that is stored of edges, for recounts. */
  get allEdges(): Edge[] {
    return [...this.#edges.values()];
  }

  get allEnded(): readonly EndedFollow[] {
    return this.#ended;
  }

  /** From now on lists show what is stored now, as indexes that lag behind do. */
  holdLists(): void {
    this.#listed = this.allEdges;
  }

  releaseLists(): void {
    this.#listed = undefined;
  }

  edges(pairs: readonly FollowPair[]): Promise<(StoredEdge | undefined)[]> {
    return Promise.resolve(
      pairs.map((pair) => {
        const edge = this.#edges.get(nameOf(pair));
        return edge && { followId: edge.followId, friendId: edge.friendId };
      }),
    );
  }

  list({ list, ref, type, order, after, limit }: ListQuery): Promise<ListEntry[]> {
    const sign = order === 'asc' ? 1 : -1;
    const entries = (this.#listed ?? this.allEdges)
      .filter((edge) => (list === 'followers' ? edge.followed : edge.follower) === ref)
      .flatMap((edge) => {
        const id = list === 'friends' ? edge.friendId : edge.followId;
        const other = list === 'followers' ? edge.follower : edge.followed;
        return id === undefined || typeOf(other) !== type ? [] : [{ ref: other, id }];
      })
      .filter(({ id }) => after === undefined || (order === 'asc' ? id > after : id < after))
      .toSorted((a, b) => (a.id < b.id ? -sign : sign));
    return Promise.resolve(entries.slice(0, limit));
  }

  counters(ref: string): Promise<CounterShard[]> {
    return Promise.resolve([...(this.#counters.get(ref)?.values() ?? [])]);
  }

  endedFollows(follower: string, reason?: EndReason): Promise<Set<string>> {
    const ended = this.#ended.filter(
      (end) => end.follower === follower && end.reason === (reason ?? end.reason),
    );
    return Promise.resolve(new Set(ended.map(({ followId }) => followId)));
  }

  commitFollow(write: FollowWrite): Promise<Commit> {
    const { follower, followed, followId, friendship } = write;
    const reverse = this.#reverse(write);
    if (this.#edges.has(nameOf(write)) || reverse?.followId !== friendship?.reverseFollowId) {
      return Promise.resolve({ outcome: 'stale' });
    }
    const friendId = friendship?.friendId;
    this.#edges.set(nameOf(write), { follower, followed, followId, friendId });
    if (reverse) this.#edges.set(nameOf(reverse), { ...reverse, friendId });
    this.#count(write, 1, reverse !== undefined);
    return Promise.resolve({ outcome: 'done' });
  }

  commitUnfollow(write: UnfollowWrite): Promise<Commit> {
    const { follower, followed, followId, reason, erasure } = write;
    const reverse = this.#reverse(write);
    const erasing = erasure && this.#erasures.get(erasure.ref);
    if (
      this.#edges.get(nameOf(write))?.followId !== followId ||
      reverse?.followId !== write.reverseFollowId ||
      erasing?.erasureId !== erasure?.erasureId
    ) {
      return Promise.resolve({ outcome: 'stale' });
    }
    this.#edges.delete(nameOf(write));
    if (reverse) this.#edges.set(nameOf(reverse), { ...reverse, friendId: undefined });
    this.#count(write, -1, reverse !== undefined);
    this.#ended.push({ follower, followed, followId, friend: reverse !== undefined, reason });
    if (erasing) {
      const { removed = 0, done = false } = erasing.parts.follows ?? {};
      this.#keepPart(erasing, 'follows', { removed: removed + 1, done });
    }
    return Promise.resolve({ outcome: 'done' });
  }

  erasure(ref: string): Promise<Erasure | undefined> {
    return Promise.resolve(this.#erasures.get(ref));
  }

  begin(erasure: Erasure): Promise<'begun' | 'running'> {
    if (this.#erasures.get(erasure.ref)?.state === 'running') return Promise.resolve('running');
    this.#erasures.set(erasure.ref, erasure);
    return Promise.resolve('begun');
  }

  raise(
    { ref, erasureId }: { ref: string; erasureId: string },
    part: ErasurePart,
    progress: PartProgress,
  ): Promise<Erasure | undefined> {
    const erasure = this.#erasures.get(ref);
    if (erasure?.erasureId !== erasureId) return Promise.resolve(undefined);
    const before = erasure.parts[part];
    if (before) {
      this.#keepPart(erasure, part, {
        removed: Math.max(before.removed, progress.removed),
        done: before.done || progress.done,
      });
    }
    return this.erasure(ref);
  }

  finish(
    { ref, erasureId }: { ref: string; erasureId: string },
    finishedAtMs: number,
  ): Promise<void> {
    const erasure = this.#erasures.get(ref);
    if (erasure?.erasureId === erasureId && erasure.state === 'running') {
      this.#erasures.set(ref, { ...erasure, state: 'done', finishedAtMs });
    }
    return Promise.resolve();
  }

  followingsOf(
    ref: string,
    { after = '', limit }: { after?: string | undefined; limit: number },
  ): Promise<ErasableFollow[]> {
    const edges = this.allEdges
      .filter(({ follower, followed }) => follower === ref && followed > after)
      .toSorted((a, b) => (a.followed < b.followed ? -1 : 1))
      .map(({ follower, followed, followId }) => ({ follower, followed, followId }));
    return Promise.resolve(edges.slice(0, limit));
  }

  deleteCounters(ref: string, shards: readonly CounterShard[]): Promise<'deleted' | 'stale'> {
    const stored = this.#counters.get(ref) ?? new Map<number, CounterShard>();
    if (shards.some(({ shard, writes }) => stored.get(shard)?.writes !== writes)) {
      return Promise.resolve('stale');
    }
    for (const { shard } of shards) stored.delete(shard);
    return Promise.resolve('deleted');
  }

  #reverse({ follower, followed }: FollowPair): Edge | undefined {
    return this.#edges.get(nameOf({ follower: followed, followed: follower }));
  }

  #count(write: FollowWrite | UnfollowWrite, step: 1 | -1, friend: boolean): void {
    const { follower, followed, shards } = write;
    this.#add(follower, shards.follower, counterName('followings', typeOf(followed)), step, 1);
    this.#add(followed, shards.followed, counterName('followers', typeOf(follower)), step, 1);
    if (!friend) return;
    this.#add(follower, shards.follower, counterName('friends', typeOf(followed)), step, 0);
    this.#add(followed, shards.followed, counterName('friends', typeOf(follower)), step, 0);
  }

  #add(ref: string, shard: number, name: string, step: number, newWrites: 0 | 1): void {
    const stored = this.#counters.get(ref) ?? new Map<number, CounterShard>();
    const { writes, values }: CounterShard = stored.get(shard) ?? { shard, writes: 0, values: {} };
    stored.set(shard, {
      shard,
      writes: writes + newWrites,
      values: { ...values, [name]: (values[name] ?? 0) + step },
    });
    this.#counters.set(ref, stored);
  }

  #keepPart(erasure: Erasure, part: ErasurePart, progress: PartProgress): void {
    this.#erasures.set(erasure.ref, {
      ...erasure,
      parts: { ...erasure.parts, [part]: progress },
    });
  }
}

function nameOf({ follower, followed }: FollowPair): string {
  return `${follower}#${followed}`;
}
