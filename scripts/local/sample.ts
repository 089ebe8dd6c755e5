import type { SampleMark } from './sample-mark.ts';
import { StartError } from './start-error.ts';

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

/**
 * Loads the sample into a data set that has not had it, and marks that. A later start leaves alone
 * what users have made of it since.
 */
export async function loadSampleOnce(
  mark: SampleMark,
  apiUrl: string,
  token: string,
): Promise<void> {
  if (await mark.isSet()) return;
  await loadSample(apiUrl, token);
  await mark.set();
}

/**
 * Loads a small sample through the API itself: who follows whom, and a few actions. Safe to repeat
 * after a failure, for as long as the API remembers idempotency keys (a day).
 * @param token of an administrator
 */
async function loadSample(apiUrl: string, token: string): Promise<void> {
  const call = async (method: string, path: string, body?: unknown, key?: string) => {
    const response = await fetch(`${apiUrl}/v1/resources/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return;
    throw new StartError(
      `The sample was not loaded: ${method} ${path} answered ${String(response.status)} ${text}`,
      'The stack runs without it; the function logs say more (.local/logs).',
    );
  };
  for (const [follower, followed] of follows) {
    await call('PUT', `${follower}/followings/${followed}`);
  }
  for (const { actor, ...action } of actions) {
    await call('POST', `${actor}/actions`, action, `sample-${actor}-${action.verb}`);
  }
}
