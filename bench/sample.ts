import { randomUUID } from 'node:crypto';

/** A resource with an id as issuers give them. */
export function newResource(type = 'user'): string {
  return `${type}:${randomUUID()}`;
}

/** An action with a target and about 60 bytes of data, as `POST .../actions` takes it. */
export function newAction(): { verb: string; target: string; data: Record<string, unknown> } {
  return {
    verb: 'like',
    target: newResource('article'),
    data: { title: 'Council votes on the new tram line', section: 'city' },
  };
}

/** `sub` of the token of a user. */
export function subOf(ref: string): string {
  return ref.slice(ref.indexOf(':') + 1);
}
