import { randomUUID } from 'node:crypto';
import { maxSubjectCharacters } from '../lambdas/convos/message-text.ts';

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

/** What somebody writes, as `POST /v1/messages` takes it beside the recipient. */
export interface Letter {
  subject: string;
  body: string;
}

/** Of everyday length: about 40 and 500 characters. */
export function newLetter(): Letter {
  return {
    subject: 'The tram line: who speaks on Thursday?',
    body: [
      'Hello, I was at the council yesterday, and the vote on the new tram line is on Thursday.',
      'They give each group five minutes, before the committee sits down to talk about the stops.',
      'Flo has the figures from last year; would you take the part about the school and the bridge?',
      'If that suits you we could meet an hour earlier, in the café across the street, to go through it.',
      'Bring the map, please, the large one: mine is from before they moved the depot to the harbour.',
      'See you there!',
    ].join('\n'),
  };
}

/** With as many bytes in subject and excerpt as any can have: 140 and 50 characters of four bytes. */
export function widestLetter(): Letter {
  return { subject: '🚋'.repeat(maxSubjectCharacters), body: '🚋'.repeat(100) };
}
