import type { Endpoint } from '../../lambdas/shared/http/endpoint.ts';
import { apiCall } from './api-call.ts';
import type { ApiAnswer } from './api-call.ts';
import type { ConvosApp, Handling } from './convos-app.ts';

export interface Asking {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** The header `Idempotency-Key`. */
  key?: string | undefined;
}

/**
 * Asks the API as a user does.
 *
 * @throws ZodError when what it answers is not what the OpenAPI document says.
 */
export async function ask(
  app: ConvosApp,
  caller: string,
  endpoint: Endpoint,
  { params = {}, query = {}, body, key }: Asking = {},
  handling?: Handling,
): Promise<ApiAnswer> {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  const answer = await apiCall(app.api(handling), {
    method: endpoint.method,
    url: given.size > 0 ? `${path}?${given.toString()}` : path,
    sub: caller.replace(/^user:/, ''),
    body,
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
  if (answer.status < 300) endpoint.answers[answer.status]?.parse(answer.body);
  return answer;
}

/** All items of a list, page by page. */
export async function askAll(
  app: ConvosApp,
  caller: string,
  endpoint: Endpoint,
  { query, ...asking }: Asking = {},
): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  do {
    const answer = await ask(app, caller, endpoint, { ...asking, query: { ...query, cursor } });
    if (answer.status !== 200) throw new Error(`a list answers ${answer.status}`);
    const page = answer.body as { items: unknown[]; nextCursor?: string };
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}
