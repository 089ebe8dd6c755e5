import { localPaths } from '../../../scripts/local/paths.ts';
import { readStackFile } from '../../../scripts/local/stack-file.ts';
import type { StackFile } from '../../../scripts/local/stack-file.ts';
import { noteExercised } from './exercised.ts';
import { openApiCheck } from './openapi-check.ts';
import type { OpenApiCheck } from './openapi-check.ts';
import type { Person } from './people.ts';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  /** Parsed JSON, or undefined when empty. */
  body: Body;
}

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, as `application/json` unless `headers` say otherwise. */
  text?: string;
  headers?: Record<string, string>;
  query?: Record<string, string> | string;
}

/** The stack under test. */
export async function stackUnderTest(): Promise<StackFile> {
  const stack = await readStackFile(localPaths().stackFile);
  if (stack === undefined) throw new Error('the stack under test has ended');
  return stack;
}

let check: Promise<OpenApiCheck> | undefined;

/** The served OpenAPI document, read once for each test file. */
export function servedOpenApi(): Promise<OpenApiCheck> {
  check ??= fetchOpenApi();
  return check;
}

async function fetchOpenApi(): Promise<OpenApiCheck> {
  const { apiUrl } = await stackUnderTest();
  const answer = await fetch(`${apiUrl}/v1/openapi.json`);
  return openApiCheck(await answer.json());
}

/**
 * Calls the stack's API as somebody, a token's bearer or nobody, and holds the answer against the
 * conventions of every answer: what the OpenAPI document says, and a request id.
 * @param path after `/v1`, percent-encoded
 */
export async function call<Body = Record<string, unknown>>(
  who: Pick<Person, 'token'> | undefined,
  method: string,
  path: string,
  { body, text, headers, query }: CallOptions = {},
): Promise<Answer<Body>> {
  const { apiUrl } = await stackUnderTest();
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  const response = await fetch(`${apiUrl}/v1${path}${search}`, {
    method,
    headers: {
      ...(who && { authorization: `Bearer ${who.token}` }),
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent !== undefined && { body: sent }),
  });
  const received = await response.text();
  const answer = {
    status: response.status,
    headers: response.headers,
    body: received === '' ? undefined : (JSON.parse(received) as Body),
  };
  await holdToConventions(method, `/v1${path}`, answer);
  return answer as Answer<Body>;
}

async function holdToConventions(method: string, path: string, answer: Answer<unknown>) {
  const { status, headers, body } = answer;
  const contentType = headers.get('content-type');
  const openApi = await servedOpenApi();
  const operation = openApi.operationOf(method, path);
  openApi.check({ method, path, status, contentType, body });
  if (operation) noteExercised(operation, status);
  if (status === 401) return;
  if (!headers.has('x-request-id')) throw new Error(`${method} ${path}: no x-request-id`);
  if (status >= 400 && contentType !== 'application/problem+json') {
    throw new Error(`${method} ${path}: ${status} without a problem document`);
  }
}
