import * as z from 'zod';
import { rfc3339 } from '../shared/identifier.ts';
import { actionId, happenedAt } from './action.ts';
import type { Action } from './action.ts';

/** Gives back what was stored, key for key: `z.record` would build a new object without `__proto__`. */
const dataSchema = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null,
);

/** An action as answers and events carry it. */
export interface ActionAnswer {
  id: string;
  actor: string;
  verb: string;
  target: string | null;
  data: Record<string, unknown> | null;
  at: string;
}

export function answerOf(action: Action): ActionAnswer {
  return {
    id: actionId(action.ulid),
    actor: action.actor,
    verb: action.verb,
    target: action.target ?? null,
    data: action.data === undefined ? null : dataSchema.parse(JSON.parse(action.data)),
    at: rfc3339(happenedAt(action)),
  };
}
