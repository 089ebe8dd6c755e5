import * as z from 'zod';

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
  /** `noBody` where the route takes none; it ignores none either: a body is 400. */
  body: B;
  /** Largest request body in bytes. @default 256 KiB */
  bodyLimitBytes?: number;
  /** Takes the header `Idempotency-Key`. */
  idempotent?: boolean;
  /** Answered without a token. */
  open?: boolean;
  /** Body schema by status, `null` for an empty body. */
  answers: Readonly<Record<number, z.ZodType | null>>;
  /** Problem statuses beyond those that every route has. */
  problems: readonly number[];
}

/** The body of routes that take none. */
export const noBody = z.undefined();

export function takesBody(schema: z.ZodType): boolean {
  return schema !== noBody;
}

/** Declares an endpoint; without `body` it takes none. Exists for its type inference. */
export function endpoint<P extends StringRecord, Q extends StringRecord>(
  definition: Omit<Endpoint<P, Q>, 'body'> & { body?: undefined },
): Endpoint<P, Q, typeof noBody>;
export function endpoint<P extends StringRecord, Q extends StringRecord, B extends z.ZodType>(
  definition: Endpoint<P, Q, B>,
): Endpoint<P, Q, B>;
export function endpoint(
  definition: Omit<Endpoint, 'body'> & { body?: z.ZodType | undefined },
): Endpoint {
  return { ...definition, body: definition.body ?? noBody };
}
