import * as z from 'zod';

/** How far the erasure of a resource is, as the table has it and the relay tells it. */
export const erasureProgress = z.object({
  erasureId: z.string(),
  /** Hooks and deliveries that were removed. */
  removed: z.int().min(0),
  done: z.boolean(),
});
export type ErasureProgress = z.output<typeof erasureProgress>;

/** Where the work behind the API removes. Strongly consistent; everything may be repeated. */
export interface UpkeepStore {
  /**
   * Removes up to so many deliveries of a hook, oldest first, whatever their status; answers how many.
   * Fewer than the limit: there were no more.
   *
   * @param upTo last ULID, inclusive; none: all
   */
  removeDeliveries(
    hook: string,
    options: { upTo?: string | undefined; limit: number },
  ): Promise<number>;
  /** Removes up to so many rows of a hook's lane; answers how many. */
  removeLane(hook: string, limit: number): Promise<number>;
  /** The latest erasure of a resource. */
  erasure(ref: string): Promise<ErasureProgress | undefined>;
  /** Keeps that an erasure began, unless it or a later one did already. */
  beginErasure(ref: string, erasureId: string): Promise<void>;
  /** Counts what an erasure removed, unless a later one began. */
  addErased(ref: string, erasureId: string, removed: number): Promise<void>;
  /** Keeps that an erasure is through. */
  finishErasure(ref: string, erasureId: string): Promise<void>;
}
