import type * as z from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Every parameter of a path or query string arrives as a string. */
type StringRecord = z.ZodType<Record<string, unknown>, Record<string, unknown>>;

/**
 * What a route takes and answers, without how: the handler parses with these schemas and the OpenAPI
 * document is made from them, so the two cannot disagree.
 */
export interface Endpoint<
  P extends StringRecord = StringRecord,
  Q extends StringRecord = StringRecord,
  B extends z.ZodType = z.ZodType,
> {
  method: Method;
  /** `/v1/...` with `{name}` for parameters. */
  path: string;
  operationId: string;
  summary: string;
  tag: string;
  params: P;
  query: Q;
  /** Absent: the route takes no body and ignores none (a body is 400). */
  body?: B;
  /** Takes the header `Idempotency-Key`. */
  idempotent?: boolean;
  /** Answered without a token. */
  open?: boolean;
  /** Body schema by status, `null` for an empty body. */
  answers: Readonly<Record<number, z.ZodType | null>>;
  /** Problem statuses beyond those that every route has. */
  problems: readonly number[];
}

/** Declares an endpoint; exists for its type inference. */
export function endpoint<P extends StringRecord, Q extends StringRecord, B extends z.ZodType>(
  definition: Endpoint<P, Q, B>,
): Endpoint<P, Q, B> {
  return definition;
}
