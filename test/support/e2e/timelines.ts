import { call } from './api.ts';
import type { Person } from './people.ts';
import { walk } from './walk.ts';

/** An action as the API gives it. */
export interface Action {
  id: string;
  actor: string;
  verb: string;
  target: string | null;
  data: Record<string, unknown> | null;
  at: string;
  /** On private timelines. */
  read?: boolean;
}

type Query = Record<string, string>;

export async function post(who: Person, action: object, actor = who.ref): Promise<Action> {
  const { status, body } = await call<Action>(who, 'POST', `/resources/${actor}/actions`, {
    body: action,
  });
  if (status !== 201) throw new Error(`the action was refused: ${JSON.stringify(body)}`);
  return body;
}

/** Ids on the owner's own private timeline, newest first unless asked. */
export async function privateIds(owner: Person, query: Query = {}): Promise<string[]> {
  const path = `/resources/${owner.ref}/timelines/private`;
  return (await walk<Action>(owner, path, query)).map(({ id }) => id);
}

export async function publicIds(
  who: Person,
  owner: Pick<Person, 'ref'>,
  query: Query = {},
): Promise<string[]> {
  const path = `/resources/${owner.ref}/timelines/public`;
  return (await walk<Action>(who, path, query)).map(({ id }) => id);
}

/** What is counted of a timeline: `private/count`, `private/unread-count` or `public/count`. */
export async function countOf(
  owner: Person,
  what: string,
  query: Query = {},
): Promise<{ count: number; capped: boolean }> {
  const { body } = await call<{ count: number; capped: boolean }>(
    owner,
    'GET',
    `/resources/${owner.ref}/timelines/${what}`,
    { query },
  );
  return body;
}

export async function follow(who: Person, other: string): Promise<void> {
  const { status } = await call(who, 'PUT', `/resources/${who.ref}/followings/${other}`);
  if (status > 201) throw new Error(`following was refused with ${status}`);
}

export async function unfollow(who: Person, other: string): Promise<void> {
  const { status } = await call(who, 'DELETE', `/resources/${who.ref}/followings/${other}`);
  if (status !== 200) throw new Error(`unfollowing was refused with ${status}`);
}
