import type { CounterShard } from './follow-store.ts';
import type { FollowPair } from './follows-read.ts';
import type { ErasurePart } from './contract.ts';

/** What one domain removed of a resource so far, and whether it is through. */
export interface PartProgress {
  removed: number;
  done: boolean;
}

/** The erasure of a resource: a background job in which every domain removes its part. */
export interface Erasure {
  ref: string;
  /** ULID; each erasure of the same resource has its own. */
  erasureId: string;
  state: 'running' | 'done';
  startedAtMs: number;
  finishedAtMs?: number | undefined;
  parts: Readonly<Partial<Record<ErasurePart, PartProgress>>>;
}

/** A follow that an erasure may end. */
export interface ErasableFollow extends FollowPair {
  followId: string;
}

/** Where erasures and what only they touch are kept. Every method may be called again at will. */
export interface ErasureStore {
  /** The latest erasure of a resource, strongly consistent. */
  erasure(ref: string): Promise<Erasure | undefined>;
  /** Keeps a new erasure unless one of the same resource is running. */
  begin(erasure: Erasure): Promise<'begun' | 'running'>;
  /**
   * Raises the progress of a part to at least this: numbers never fall and done stays done, whatever
   * the order of the calls. Ignored when it belongs to another erasure than the latest.
   * Returns the erasure as it then is.
   */
  raise(
    erasure: { ref: string; erasureId: string },
    part: ErasurePart,
    progress: PartProgress,
  ): Promise<Erasure | undefined>;
  /** Ends a running erasure whose parts are all done. */
  finish(erasure: { ref: string; erasureId: string }, finishedAtMs: number): Promise<void>;
  /** Whom a resource follows, of declared types or not, by reference; strongly consistent. */
  followingsOf(
    ref: string,
    page: { /** Reference to continue behind. */ after?: string | undefined; limit: number },
  ): Promise<ErasableFollow[]>;
  /** Deletes counter shards if none was written since these were read, in one transaction. */
  deleteCounters(ref: string, shards: readonly CounterShard[]): Promise<'deleted' | 'stale'>;
}
