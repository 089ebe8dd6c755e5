import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import { HttpError, ValidationError, invalid } from '../errors.ts';
import { takesBody } from './endpoint.ts';

/** Largest request body of an ordinary route (the contract's 256 KiB). */
export const maxBodyBytes = 256 * 1024;

/**
 * How deep a body may nest. Every JSON of ours is safe far beyond it; the parsers of those who get it
 * in an event take little more (PHP 512 levels, Python and Jackson 1,000).
 */
export const maxBodyLevels = 500;

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
  return [{ path: place, message: plainMessage(issue.message) }];
}

/** The library's own words of a missing field or a wrong type; a schema's words stay. */
function plainMessage(message: string): string {
  const [, expected, received] =
    /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined) return message;
  return received === 'undefined' ? 'is missing' : `must be of type ${expected}`;
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
  if (bytes.length > 0 && !isUtf8(type)) {
    throw new HttpError(415, 'Send the body in UTF-8, the one encoding of JSON (RFC 8259).');
  }
  return parsePart(schema, jsonOf(bytes), 'body');
}

/** Whether a content type names UTF-8 or no encoding at all. */
function isUtf8(contentType: string): boolean {
  const charsets = contentType.matchAll(/;\s*charset\s*=\s*("?)([^\s;"]*)\1/gi);
  return [...charsets].every(([, , charset]) => charset?.toLowerCase() === 'utf-8');
}

function bodyBytes({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

function jsonOf(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const value = parsed(bytes);
  for (const [name, part] of Object.entries(isContainer(value) ? value : {})) {
    if (levelsExceed(part, maxBodyLevels - 1)) {
      throw invalid(
        `body.${name}`,
        `is nested too deep: a body has at most ${maxBodyLevels} levels`,
      );
    }
  }
  return value;
}

function parsed(bytes: Buffer): unknown {
  const text = decodedUtf8(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('body', 'is not valid JSON');
  }
}

/**
 * Bytes that are no UTF-8 are refused rather than replaced by U+FFFD. API Gateway hands over bytes for
 * `application/...+json` only: what comes as `application/json` it has made text itself.
 */
function decodedUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('body', 'is not valid UTF-8');
  }
}

/** Looks level by level, without recursion: that is what deep nesting would break. */
function levelsExceed(value: unknown, limit: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((container): unknown[] => Object.values(container)).filter(isContainer);
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
