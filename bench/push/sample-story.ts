import { randomUlid, rfc3339 } from '../../lambdas/shared/identifier.ts';
import type { StoredContent } from '../../lambdas/push/content/content-store.ts';
import { newLetter } from '../sample.ts';

/** Fields of a story that is online and, with about 1,000 characters, long enough for the example rule. */
export function storyFields(): Record<string, unknown> {
  const { subject, body } = newLetter();
  return {
    title: subject,
    content: `<p>${body}</p><p>${body}</p>`,
    state: 20,
    updatedAt: '2026-11-21T20:50:00.000Z',
  };
}

/** A story as it is stored. */
export function newStory(atMs: number): StoredContent {
  const ulid = randomUlid(atMs);
  const id = ulid.toLowerCase();
  const at = rfc3339(atMs);
  return {
    ref: `story:${id}`,
    type: 'story',
    id,
    version: 1,
    fields: storyFields(),
    related: [],
    binaries: [],
    createdAt: at,
    updatedAt: at,
    ulid,
  };
}
