import { laneLeaseMs } from '../../../lambdas/push/contract.ts';
import type { LaneStore } from '../../../lambdas/push/runs/lane-store.ts';

/** Lanes by the rules of their table. */
export class InMemoryLaneStore implements LaneStore {
  readonly #lanes = new Map<string, { epoch: number; untilMs: number }>();

  acquire(lane: string, nowMs: number): Promise<number | undefined> {
    const held = this.#lanes.get(lane);
    if (held !== undefined && held.untilMs > nowMs) return Promise.resolve(undefined);
    const epoch = (held?.epoch ?? 0) + 1;
    this.#lanes.set(lane, { epoch, untilMs: nowMs + laneLeaseMs });
    return Promise.resolve(epoch);
  }

  renew(lane: string, epoch: number, nowMs: number): Promise<boolean> {
    const isHeld = this.#isHeld(lane, epoch, nowMs);
    if (isHeld) this.#lanes.set(lane, { epoch, untilMs: nowMs + laneLeaseMs });
    return Promise.resolve(isHeld);
  }

  release(lane: string, epoch: number): Promise<void> {
    if (this.#lanes.get(lane)?.epoch === epoch) this.#lanes.set(lane, { epoch, untilMs: 0 });
    return Promise.resolve();
  }

  isHeld(lane: string, epoch: number, nowMs: number): Promise<boolean> {
    return Promise.resolve(this.#isHeld(lane, epoch, nowMs));
  }

  #isHeld(lane: string, epoch: number, nowMs: number): boolean {
    const held = this.#lanes.get(lane);
    return held !== undefined && held.epoch === epoch && held.untilMs > nowMs;
  }
}
