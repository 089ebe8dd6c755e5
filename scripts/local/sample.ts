import { StartError } from './start-error.ts';

/** Users of the sample; each may be the `sub` of a token. */
export const sampleUsers = ['thoas', 'flo', 'amy'] as const;

const follows = [
  ['user:thoas', 'user:flo'],
  ['user:flo', 'user:thoas'],
  ['user:amy', 'user:flo'],
  ['user:thoas', 'project:sequitur'],
] as const;

const actions = [
  { actor: 'user:flo', verb: 'join' },
  { actor: 'user:flo', verb: 'publish', target: 'article:welcome' },
  { actor: 'user:thoas', verb: 'like', target: 'article:welcome' },
] as const;

/**
 * Loads a small sample through the API itself: who follows whom, and a few actions. Following
 * again changes nothing; an actor who has acted already is left alone, so that a stack that was
 * started before does not get its sample twice.
 * @param token of an administrator
 */
export async function loadSample(apiUrl: string, token: string): Promise<void> {
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
    if (response.ok) return text;
    throw new StartError(
      `The sample was not loaded: ${method} ${path} answered ${String(response.status)} ${text}`,
      'The stack runs without it; the function logs say more (.local/logs).',
    );
  };
  for (const [follower, followed] of follows) {
    await call('PUT', `${follower}/followings/${followed}`);
  }
  const acted = new Set<string>();
  for (const actor of new Set(actions.map((action) => action.actor))) {
    const count: unknown = JSON.parse(await call('GET', `${actor}/timelines/public/count`));
    if (JSON.stringify(count) !== '{"count":0,"capped":false}') acted.add(actor);
  }
  for (const { actor, ...action } of actions) {
    if (acted.has(actor)) continue;
    await call('POST', `${actor}/actions`, action, `sample-${actor}-${action.verb}`);
  }
}
