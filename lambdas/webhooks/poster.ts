import type { Attempt } from './delivery.ts';

/** A post to a receiver. */
export interface Post {
  target: string;
  /** `webhook-id`: the event's, or the batch's own. */
  id: string;
  body: string;
  /** `whsec_...`, each of which signs; newest first. */
  secrets: readonly string[];
}

/** What became of a post, and when its receiver asks to be tried again, in seconds. */
export interface Posted {
  attempt: Attempt;
  retryAfterSeconds?: number | undefined;
}

/** Whether the receiver wants no more (410 Gone): its hook is disabled, and nothing is tried again. */
export function isGone({ status }: Pick<Attempt, 'status'>): boolean {
  return status === goneStatus;
}

export const goneStatus = 410;

/** Posts signed events to receivers (Standard Webhooks). Never throws: a failure is an attempt's error. */
export interface Poster {
  post(post: Post): Promise<Posted>;
}
