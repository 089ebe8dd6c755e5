import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import { HttpError, ValidationError, invalid } from '../errors.ts';
import { takesBody } from './endpoint.ts';

/** Largest request body of an ordinary route (the contract's 256 KiB). */
export const maxBodyBytes = 256 * 1024;

/** Longest `Idempotency-Key`. */
export const maxIdempotencyKeyLength = 255;

/**
 * Parses one part of a request.
 *
 * @throws ValidationError that names every wrong field as `<part>.<field>`.
 */
export function parsePart<S extends z.ZodType>(
  schema: S,
  value: unknown,
  part: string,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ValidationError(result.error.issues.flatMap((issue) => fieldErrors(issue, part)));
}

function fieldErrors(issue: z.core.$ZodIssue, part: string) {
  const place = [part, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: `${place}.${key}`, message: 'is not known here' }));
  }
  return [{ path: place, message: issue.message }];
}

/**
 * The query string as a record.
 *
 * @throws ValidationError when a parameter is given twice: neither value is the meant one for certain.
 */
export function queryOf(rawQueryString: string): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    if (query.has(name)) throw invalid(`query.${name}`, 'is given more than once');
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

/**
 * The body of a request as its schema gives it.
 *
 * @throws HttpError 413 and 415, ValidationError for bad JSON and wrong fields.
 */
export function parseBody<B extends z.ZodType>(
  schema: B,
  event: APIGatewayProxyEventV2,
  limitBytes: number = maxBodyBytes,
): z.output<B> {
  const bytes = bodyBytes(event);
  if (bytes.length > limitBytes) {
    throw new HttpError(413, `The body is larger than ${limitBytes / 1024} KiB.`);
  }
  if (bytes.length > 0 && !takesBody(schema)) throw invalid('body', 'this call takes no body');
  const type = event.headers['content-type'] ?? '';
  if (bytes.length > 0 && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new HttpError(415, 'Send the body as application/json.');
  }
  return parsePart(schema, jsonOf(bytes), 'body');
}

function bodyBytes({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

function jsonOf(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid('body', 'is not valid JSON');
  }
}

/** The header `Idempotency-Key`, or undefined. */
export function idempotencyKeyOf(event: APIGatewayProxyEventV2): string | undefined {
  const key = event.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (key === '' || key.length > maxIdempotencyKeyLength) {
    throw invalid('header.Idempotency-Key', `must have 1-${maxIdempotencyKeyLength} characters`);
  }
  return key;
}
