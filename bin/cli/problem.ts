import * as z from 'zod';
import { exitCodes, Failure } from './failure.ts';
import { plainText } from './plain-text.ts';

/**
 * A problem document, or API Gateway's own `{message}`. Read leniently: what failed should still be
 * told when a proxy in between answered in its own way.
 */
const problemSchema = z.object({
  title: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  instance: z.string().optional().catch(undefined),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .catch(undefined),
});

/** What a refused or failed request means, in plain sentences with the request id. */
export function failureOf(response: Response, body: unknown): Failure {
  const { title, detail, message, instance, errors } = problemSchema.safeParse(body).data ?? {};
  const { status } = response;
  const said = detail ?? message ?? title ?? response.statusText;
  // A single mistake is the detail already.
  const mistakes = (errors ?? []).map(({ path, message: mistake }) => `${path}: ${mistake}`);
  const requestId =
    instance ?? response.headers.get('x-request-id') ?? response.headers.get('apigw-requestid');
  const lines = [
    `${meaning(status)} (${String(status)})${said === '' ? '.' : `: ${said}`}`,
    ...mistakes.filter((mistake) => mistake !== said).map((mistake) => `  ${mistake}`),
    ...retryAdvice(response.headers.get('retry-after')),
    ...(status === 401 ? ['Is SEQUITUR_TOKEN expired, or made for another installation?'] : []),
    ...(requestId === null ? [] : [`Request id: ${requestId}`]),
  ];
  return new Failure(exitCodeFor(status), lines.map(plainText).join('\n'), {
    passing: status === 429 || status >= 500,
    maybeDone: status >= 500,
  });
}

function meaning(status: number): string {
  if (status === 400) return 'The API does not accept this';
  if (status === 401) return 'The API does not know the caller';
  if (status === 403) return 'The caller may not do this';
  if (status === 404) return 'There is no such thing';
  if (status >= 500) return 'The API failed';
  return 'The API refused';
}

const minute = 60;

/** When to try again, of `Retry-After`: seconds, or a date (RFC 9110). */
function retryAdvice(retryAfter: string | null): string[] {
  if (retryAfter === null) return [];
  if (!/^\d{1,9}$/.test(retryAfter)) return [`Try again after ${retryAfter}.`];
  const seconds = Number(retryAfter);
  if (seconds === 0) return ['Try again now.'];
  if (seconds === 1) return ['Try again in a second.'];
  if (seconds < 2 * minute) return [`Try again in ${String(seconds)} seconds.`];
  return [`Try again in ${String(Math.ceil(seconds / minute))} minutes.`];
}

/** 400 says that what was typed is wrong, like a mistake that is found before anything is sent. */
function exitCodeFor(status: number): number {
  if (status === 400) return exitCodes.usage;
  if (status === 401 || status === 403) return exitCodes.unreachable;
  return exitCodes.workFailed;
}
