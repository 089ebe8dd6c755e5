import { StartError } from './start-error.ts';

/** Calls the API as somebody; gives the answer's JSON, or nothing where there is none. */
export type SampleCall = (
  method: string,
  path: string,
  body?: unknown,
  idempotencyKey?: string,
) => Promise<unknown>;

/** @throws StartError when the API refuses the call */
export function sampleCall(apiUrl: string, token: string): SampleCall {
  return async (method, path, body, key) => {
    const response = await fetch(`${apiUrl}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw notLoaded(`${method} ${path} answered ${String(response.status)} ${text}`);
    }
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return answer;
  };
}

export function notLoaded(why: string): StartError {
  return new StartError(
    `The sample was not loaded: ${why}`,
    'The stack runs without it; the function logs say more (.local/logs).',
  );
}
