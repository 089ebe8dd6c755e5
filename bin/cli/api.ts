import type * as z from 'zod';
import type { Connection } from './connection.ts';
import { exitCodes, Failure } from './failure.ts';
import { failureOf } from './problem.ts';

/** API Gateway itself gives up after 30 seconds. */
const timeoutMs = 35_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/v1` on, made by `apiPath`. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request and checks the answer. Throws a `Failure` that says what people can do. */
export type Api = <T>(request: ApiRequest, answer: z.ZodType<T>) => Promise<T>;

/** A path whose inserted parts are percent-encoded: apiPath`/v1/resources/${ref}/counts`. */
export function apiPath(texts: TemplateStringsArray, ...parts: string[]): string {
  return String.raw({ raw: texts }, ...parts.map(encodeURIComponent));
}

export function createApi(connection: Connection, interrupted: AbortSignal): Api {
  return async (request, answer) => {
    const { response, text } = await exchange(connection, request, interrupted);
    const body = parseJson(text);
    if (!response.ok) throw failureOf(response, body);
    const parsed = answer.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new Failure(
      exitCodes.workFailed,
      `${connection.url} does not answer like the Sequitur API. Is it the right address, and as new as this command?`,
      { maybeDone: true },
    );
  };
}

async function exchange(connection: Connection, request: ApiRequest, interrupted: AbortSignal) {
  const url = new URL(`${connection.url}${request.path}`);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const token = await connection.token();
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, application/problem+json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      // A redirect would be another installation than the one that was named.
      redirect: 'manual',
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(timeoutMs)]),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (interrupted.aborted) throw error;
    throw new Failure(
      exitCodes.unreachable,
      `No connection to ${connection.url}: ${reasonOf(error)}.`,
      { passing: true, maybeDone: true },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host cannot be looked up',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${String(timeoutMs / 1000)} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return reasons[code] ?? (cause.message === '' ? code : cause.message);
}

/** An answer without content is undefined; one that is no JSON stays text, which nothing accepts. */
function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
