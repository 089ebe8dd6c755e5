import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { ConflictError } from './errors.ts';

/** How long a key is remembered, in seconds (24 h). */
export const idempotencySeconds = 24 * 60 * 60;

/** What was answered to the first request with a key. */
export interface RememberedAnswer {
  bodyHash: string;
  answer: string;
}

/** Where first answers are kept. */
export interface IdempotencyStore {
  /**
   * Keeps an answer under a key unless one is kept already; gives the one kept already, or nothing
   * when this one was the first. Of any number at the same time exactly one is the first.
   */
  remember(key: string, entry: RememberedAnswer): Promise<RememberedAnswer | undefined>;
}

/** What makes a request the same request again. */
export interface IdempotentRequest {
  /** The header; absent: every request is a new one. */
  idempotencyKey: string | undefined;
  /** Caller, method and path: within them a key counts. */
  scope: readonly string[];
  /** Compared by value. A property `data` that is JSON text is compared by what it says. */
  body: unknown;
}

/**
 * The answer to a request that may be a repeat: `answer` itself, or what the first request with the
 * same key was answered. The caller then does its work by that answer's ids and in a way that bears
 * to be done twice, because a first request may have died between being remembered and doing it.
 *
 * @throws ConflictError when the key was used with another body.
 */
export async function firstAnswer<S extends z.ZodType>(
  store: IdempotencyStore,
  request: IdempotentRequest,
  answer: z.output<S>,
  schema: S,
): Promise<z.output<S>> {
  if (request.idempotencyKey === undefined) return answer;
  const bodyHash = hashOfBody(request.body);
  const first = await store.remember(
    digest(JSON.stringify([...request.scope, request.idempotencyKey])),
    {
      bodyHash,
      answer: JSON.stringify(answer),
    },
  );
  if (first === undefined) return answer;
  if (first.bodyHash !== bodyHash) {
    throw new ConflictError('This Idempotency-Key was used with another body.');
  }
  return schema.parse(JSON.parse(first.answer));
}

/** The same for bodies that say the same, in whatever order their properties stand. */
export function hashOfBody(body: unknown): string {
  return digest(stableJson(withDataRead(body)));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** A body as it was asked: `data` is text by the time it comes here, and its order would count. */
function withDataRead(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('data' in body)) return body;
  return { ...body, data: readJson(body.data) };
}

function readJson(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON in which the order of properties does not matter. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
