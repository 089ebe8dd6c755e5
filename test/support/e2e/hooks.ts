import { call } from './api.ts';
import type { Answer } from './api.ts';
import { eventually } from './eventually.ts';
import { admin, uniqueId } from './people.ts';
import type { Person } from './people.ts';
import { pagesOf } from './walk.ts';
import type { Query } from './walk.ts';

/** An endpoint as the API gives it; with its secret when it was made just now. */
export interface Hook {
  id: string;
  target: string;
  events: string[];
  description: string | null;
  delivery: { mode: string; ordered?: boolean; size?: number; time?: number };
  retry: object | null;
  onExhausted: string;
  rateLimit: { perSecond: number } | null;
  owner: string | null;
  enabled: boolean;
  disabledReason?: string;
  createdAt: string;
}

export interface NewHook extends Hook {
  secret: string;
}

/** What an endpoint can be made with, besides its target and events. */
export type HookOptions = Partial<
  Pick<Hook, 'description' | 'retry' | 'onExhausted' | 'rateLimit' | 'owner'>
> & { events?: readonly string[]; delivery?: object };

export interface Attempt {
  at: string;
  durationMs: number;
  status?: number;
  error?: { kind: string; message: string };
  responseHeaders?: Record<string, string>;
  responseBody?: string;
}

export interface Delivery {
  id: string;
  hook: string;
  target: string;
  owner: string | null;
  event: { id: string; type: string };
  status: string;
  tries: number;
  attempts: Attempt[];
  nextAttemptAt?: string;
  payload: { id: string; type: string; timestamp: string; data: Record<string, unknown> };
}

export interface Failure extends Delivery {
  valid: boolean;
  lastStatus: number | null;
}

/** Three posts, a second between two. */
export const quickRetries = { retries: 2, retryInterval: 1 };

/** One post. */
export const noRetries = { retries: 0, retryInterval: 1 };

const made: string[] = [];

/** Asks for an endpoint; what comes is the caller's to look at. */
export async function creating(
  who: Person,
  body: object,
  headers: Record<string, string> = {},
): Promise<Answer<NewHook>> {
  const answer = await call<NewHook>(who, 'POST', '/hooks', { body, headers });
  if (answer.status === 201) made.push(answer.body.id);
  return answer;
}

/** An endpoint for the example's own event type unless `events` says otherwise. */
export async function createHook(
  who: Person,
  target: string,
  options: HookOptions = {},
): Promise<NewHook> {
  const body = { events: ['article.published'], ...options, target };
  return got(await creating(who, body), 201);
}

/** Deletes every endpoint of this test file, so that no other one's events go to receivers that are gone. */
export async function deleteHooks(): Promise<void> {
  const operator = await admin();
  await Promise.all(made.splice(0).map((id) => call(operator, 'DELETE', `/hooks/${id}`)));
}

export async function hookOf(who: Person, id: string): Promise<Hook> {
  return got(await call<Hook>(who, 'GET', `/hooks/${id}`), 200);
}

export async function changeHook(who: Person, id: string, body: object): Promise<Hook> {
  return got(await call<Hook>(who, 'PATCH', `/hooks/${id}`, { body }), 200);
}

export async function rotateSecret(
  who: Person,
  id: string,
  overlapSeconds?: number,
): Promise<string> {
  const path = `/hooks/${id}/rotate-secret`;
  const body = overlapSeconds === undefined ? {} : { overlapSeconds };
  return got(await call<{ secret: string }>(who, 'POST', path, { body }), 200).secret;
}

/** The id of the event that is posted. */
export async function ping(who: Person, id: string): Promise<string> {
  return got(await call<{ id: string }>(who, 'POST', `/hooks/${id}/ping`), 202).id;
}

/** What an article's event is sent with; its title tells it from others. */
export interface Article {
  title?: string;
  id?: string;
  /** More of `data`. */
  more?: Record<string, unknown>;
}

/** Asks to have an article's event sent, for these people; what comes is the caller's to look at. */
export async function publishing(
  audience: readonly Pick<Person, 'ref'>[],
  { title = 'Welcome', id, more = {} }: Article = {},
): Promise<Answer<{ id: string }>> {
  return call<{ id: string }>(await admin(), 'POST', '/events', {
    body: {
      type: 'article.published',
      data: { article: 'article:welcome', title, ...more },
      audience: audience.map(({ ref }) => ref),
      id: id ?? uniqueId('article'),
    },
  });
}

/** The event's id. */
export async function publish(who: Pick<Person, 'ref'>, article?: Article): Promise<string> {
  return got(await publishing([who], article), 202).id;
}

/** Events one after the other, so that their order is known; their ids. */
export async function publishAll(
  who: Pick<Person, 'ref'>,
  titles: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const title of titles) ids.push(await publish(who, { title }));
  return ids;
}

/** Newest first. A page may end early because of its size, so short ones are no mistake here. */
export async function deliveriesOf(who: Person, hook: string, query?: Query): Promise<Delivery[]> {
  return (await pagesOf<Delivery>(who, `/hooks/${hook}/deliveries`, query)).flat();
}

export async function deliveryOf(who: Person, id: string): Promise<Delivery> {
  return got(await call<Delivery>(who, 'GET', `/deliveries/${id}`), 200);
}

/** The only delivery of the endpoint, once it has that status. */
export async function settled(who: Person, hook: string, status: string): Promise<Delivery> {
  const [delivery] = await allSettled(who, hook, [status]);
  if (!delivery) throw new Error(`${hook} has no delivery`);
  return delivery;
}

/** All deliveries of the endpoint, newest first, once these are their statuses. */
export async function allSettled(
  who: Person,
  hook: string,
  statuses: readonly string[],
): Promise<Delivery[]> {
  let last: Delivery[] = [];
  await eventually(async () => {
    last = await deliveriesOf(who, hook, { limit: '100' });
    const found = last.map(({ status }) => status);
    if (found.join() !== statuses.join()) {
      throw new Error(`deliveries are ${found.join() || 'none'}, not ${statuses.join()}`);
    }
  });
  return last;
}

export async function failuresOf(who: Person, query?: Query): Promise<Failure[]> {
  return (await pagesOf<Failure>(who, '/hooks/failures', query)).flat();
}

/** The failures, newest first, once there are so many: they are found by an index. */
export async function failuresCounting(
  who: Person,
  count: number,
  query?: Query,
): Promise<Failure[]> {
  let last: Failure[] = [];
  await eventually(async () => {
    last = await failuresOf(who, query);
    if (last.length !== count) throw new Error(`${last.length} failures, not ${count}`);
  });
  return last;
}

/** What one call of these sets going or deletes. */
export interface Taken {
  accepted: number;
  more: boolean;
}

export async function retryFailures(who: Person, body: object): Promise<Taken> {
  return got(await call<Taken>(who, 'POST', '/hooks/failures/retry', { body }), 202);
}

export async function deleteFailures(who: Person, query: Record<string, string>): Promise<Taken> {
  return got(await call<Taken>(who, 'DELETE', '/hooks/failures', { query }), 202);
}

export async function storedOf(who: Person, query?: Query): Promise<Delivery[]> {
  return (await pagesOf<Delivery>(who, '/hooks/stored', query)).flat();
}

export async function deliverStored(who: Person, body: object): Promise<number> {
  return got(await call<Taken>(who, 'POST', '/hooks/stored/deliver', { body }), 202).accepted;
}

export async function replay(
  who: Person,
  id: string,
  body: { since: string; until?: string; onlyFailed?: boolean },
): Promise<Taken & { nextSince?: string }> {
  return got(await call<Taken>(who, 'POST', `/hooks/${id}/replay`, { body }), 202);
}

function got<Body>({ status, body }: Answer<Body>, expected: number): Body {
  if (status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}
