import { claimsWithinMs, workSeconds } from '../contract.ts';

/** What is kept of a worker's time for writing down what became of its work. */
const reserveMs = 60_000;

/** When a worker ends what it does, before Lambda does. */
export interface Times {
  /** No rows are taken after that. */
  claimsUntilMs: number;
  /** Nothing is sent or exported after that. */
  workUntilMs: number;
}

export function timesFrom(startMs: number): Times {
  return {
    claimsUntilMs: startMs + claimsWithinMs,
    workUntilMs: startMs + workSeconds * 1_000 - reserveMs,
  };
}

/** A job that waits for somebody's lane asks again after that. */
export const busyDelaySeconds = 3;

/** Rows whose storage was out of reach are tried again after that. */
export const outageDelaySeconds = 40;

/** A job that goes on after its worker's time lets those that wait for the lane go first. */
export const againDelaySeconds = 2 * busyDelaySeconds;
