import { ulidTime } from '../shared/identifier.ts';

/** What a resource did, as stored: id and time are one, the ULID. */
export interface Action {
  /** ULID whose time is the action's `at`: ordered by `at`, then by id. */
  ulid: string;
  actor: string;
  verb: string;
  target?: string;
  /**
   * JSON text of an object; stored as text, so that nesting, order and names such as `__proto__` come
   * back as they were. Numbers are JavaScript's: whole ones beyond 2^53 have lost digits before.
   */
  data?: string;
}

/** Milliseconds since the epoch at which the action happened (not when it was posted). */
export function happenedAt({ ulid }: Pick<Action, 'ulid'>): number {
  return ulidTime(ulid);
}

const idPattern = /^act_([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

export function actionId(ulid: string): string {
  return `act_${ulid}`;
}

/** The ULID of an action's id, or undefined for what cannot be one. */
export function ulidOfActionId(id: string): string | undefined {
  return idPattern.exec(id)?.[1];
}

/** Which actions to give; absent parts match all. Both given must both match. */
export interface ActionFilter {
  verb?: string;
  /** A resource type, or a reference. */
  target?: string;
}

export function matches(filter: ActionFilter, action: Pick<Action, 'verb' | 'target'>): boolean {
  if (filter.verb !== undefined && action.verb !== filter.verb) return false;
  if (filter.target === undefined) return true;
  if (filter.target.includes(':')) return action.target === filter.target;
  return action.target?.startsWith(`${filter.target}:`) === true;
}
