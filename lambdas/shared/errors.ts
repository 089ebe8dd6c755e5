/** One wrong field of a request: where it is (`body.data`, `path.ref`, `query.limit`) and what to do. */
export interface FieldError {
  path: string;
  message: string;
}

/** The request cannot be understood or breaks a rule: 400. Sending it again unchanged never helps. */
export class ValidationError extends Error {
  override name = 'ValidationError';
  readonly errors: FieldError[];

  constructor(errors: FieldError[]) {
    super(errors.map(({ path, message }) => `${path}: ${message}`).join('; '));
    this.errors = errors;
  }
}

/** There is no such thing, or the caller may not learn that there is: 404. */
export class NotFoundError extends Error {
  override name = 'NotFoundError';
}

/** The caller is known but may not do this: 403. */
export class ForbiddenError extends Error {
  override name = 'ForbiddenError';
}

/** The request is right but the present state refuses it: 409. */
export class ConflictError extends Error {
  override name = 'ConflictError';
}

/** The caller has done this as often as it may for now: 429, and how long to wait. */
export class LimitError extends Error {
  override name = 'LimitError';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A service was busy or out of reach and nothing is known to be wrong: 503; a retry is safe and wanted. */
export class TransientError extends Error {
  override name = 'TransientError';
}

/** Work that no retry can mend (a record that breaks its schema): it is parked for a person to look at. */
export class PermanentError extends Error {
  override name = 'PermanentError';
}

/** A problem of HTTP itself (405, 413, 415 ...), raised by the HTTP layer only. */
export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** A `ValidationError` with a single field. */
export function invalid(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }]);
}
