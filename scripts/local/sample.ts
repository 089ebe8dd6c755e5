import { sampleCall } from './sample-call.ts';
import type { TokenRequest } from './token.ts';

/** Users of the sample; each may be the `sub` of a token. */
export const sampleUsers = ['thoas', 'flo'] as const;

const follows = [
  ['user:thoas', 'user:flo'],
  ['user:flo', 'user:thoas'],
  ['user:thoas', 'project:sequitur'],
] as const;

const actions = [
  { actor: 'user:flo', verb: 'join' },
  { actor: 'user:flo', verb: 'publish', target: 'article:welcome' },
  { actor: 'user:thoas', verb: 'like', target: 'article:welcome' },
] as const;

const message = {
  sender: 'thoas',
  recipient: 'user:flo',
  subject: 'Your welcome',
  body: 'Well said, Flo. Shall we put it on the front page?',
} as const;

/** How the sample reaches the application. */
export interface SampleTarget {
  readonly apiUrl: string;
  readonly tokenOf: (request: TokenRequest) => Promise<string>;
  /** Whether members can write to each other: the domain may be left out. */
  readonly convos: boolean;
}

/**
 * Loads a small sample through the API itself: who follows whom, a few actions, and a message. Safe to
 * repeat after a failure, for as long as the API remembers idempotency keys (a day).
 */
export async function loadSample({ apiUrl, tokenOf, convos }: SampleTarget): Promise<void> {
  const asAdmin = sampleCall(apiUrl, await tokenOf({ sub: 'operator', admin: true }));
  for (const [follower, followed] of follows) {
    await asAdmin('PUT', `resources/${follower}/followings/${followed}`);
  }
  for (const { actor, ...action } of actions) {
    await asAdmin('POST', `resources/${actor}/actions`, action, `sample-${actor}-${action.verb}`);
  }
  if (!convos) return;
  // Nobody writes in another's name, an administrator no more than others.
  const { sender, ...letter } = message;
  const asSender = sampleCall(apiUrl, await tokenOf({ sub: sender }));
  await asSender('POST', 'messages', letter, 'sample-message');
}
