import {
  ConflictError,
  ForbiddenError,
  HttpError,
  LimitError,
  NotFoundError,
  TransientError,
  ValidationError,
} from '../errors.ts';
import type { FieldError } from '../errors.ts';

/** A problem document (RFC 9457) as every error of the API carries it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: FieldError[];
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Try again',
};

/** Seconds that a client is asked to wait after a transient failure. */
const retryAfterSeconds = '1';

export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
}

/**
 * The problem document for anything thrown. What is not one of our errors becomes a 500 that says
 * nothing about its cause: the cause is in the log, under the same request id.
 */
export function problemFor(error: unknown, requestId: string): ProblemAnswer {
  const answer = (
    status: number,
    detail: string,
    extra: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ): ProblemAnswer => ({
    problem: {
      type: 'about:blank',
      title: titles[status] ?? 'Error',
      status,
      detail,
      instance: requestId,
      ...(extra.errors && { errors: extra.errors }),
    },
    headers: extra.headers ?? {},
  });

  if (error instanceof ValidationError) {
    const count = error.errors.length;
    const detail = count === 1 ? error.message : `${count} fields are wrong, see errors`;
    return answer(400, detail, { errors: error.errors });
  }
  if (error instanceof ForbiddenError) return answer(403, error.message);
  if (error instanceof NotFoundError) return answer(404, error.message);
  if (error instanceof ConflictError) return answer(409, error.message);
  if (error instanceof HttpError) {
    return answer(error.status, error.message, { headers: error.headers });
  }
  if (error instanceof LimitError) {
    const headers = { 'retry-after': String(error.retryAfterSeconds) };
    return answer(429, error.message, { headers });
  }
  if (error instanceof TransientError) {
    return answer(
      503,
      'The service is busy. Send the request again; one with an Idempotency-Key with the same key.',
      {
        headers: { 'retry-after': retryAfterSeconds },
      },
    );
  }
  return answer(500, 'Something went wrong on our side. The request id finds it in the logs.');
}
