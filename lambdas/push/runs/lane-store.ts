/**
 * Lanes: a worker has a lane alone, for as long as it renews it. A host has as many as connections may
 * be made to it at the same time, so they are how that is limited.
 */
export interface LaneStore {
  /** @returns the epoch of the new holder, or nothing while somebody else has the lane */
  acquire(lane: string, nowMs: number): Promise<number | undefined>;
  /** @returns false when the lane has been lost: its holder must stop */
  renew(lane: string, epoch: number, nowMs: number): Promise<boolean>;
  release(lane: string, epoch: number): Promise<void>;
  /** Whether that holder still has the lane. */
  isHeld(lane: string, epoch: number, nowMs: number): Promise<boolean>;
}

/** Name of a lane of a host. */
export function laneOf(host: string, lane: number): string {
  return `${host}#${String(lane)}`;
}
