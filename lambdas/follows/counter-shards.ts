import type { FollowPair } from './follows-read.ts';
import type { Side } from './follow-store.ts';

/** Most shards of one resource: they are read together for every count, at 4 KB a unit. */
export const maxShards = 32;

/** How much wider a collision makes a counter: what collides once at one shard mostly would at two. */
const growth = 4;

/** Resources whose width is remembered; those widened longest ago are forgotten and begin with one shard again. */
const rememberedResources = 10_000;

/**
 * Chooses the counter shard that a transaction writes. A resource begins with shard 0; when
 * transactions on it collide, the width grows fourfold and the shard is drawn at random. The widths are a
 * hint in memory: sums are exact whatever shard is written. docs/decisions/0002-counters-in-shards.md
 */
export class CounterShards {
  readonly #widths = new Map<string, number>();
  readonly #random: () => number;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  pick({ follower, followed }: FollowPair): ShardChoice {
    const widths = { follower: this.#width(follower), followed: this.#width(followed) };
    return {
      widths,
      shards: { follower: this.#draw(widths.follower), followed: this.#draw(widths.followed) },
    };
  }

  /** Widens the sides whose counters collided, once for each width they were drawn from. */
  widen(pair: FollowPair, choice: ShardChoice, sides: readonly Side[]): void {
    for (const side of sides) {
      const wider = Math.min(choice.widths[side] * growth, maxShards);
      if (wider > this.#width(pair[side])) this.#remember(pair[side], wider);
    }
  }

  #draw(width: number): number {
    return width === 1 ? 0 : Math.floor(this.#random() * width);
  }

  #width(ref: string): number {
    return this.#widths.get(ref) ?? 1;
  }

  #remember(ref: string, width: number): void {
    this.#widths.delete(ref);
    this.#widths.set(ref, width);
    if (this.#widths.size <= rememberedResources) return;
    const [oldest] = this.#widths.keys();
    if (oldest !== undefined) this.#widths.delete(oldest);
  }
}

/** Shards for the two sides of a follow, and the widths that they were drawn from. */
export interface ShardChoice {
  shards: Record<Side, number>;
  widths: Record<Side, number>;
}
