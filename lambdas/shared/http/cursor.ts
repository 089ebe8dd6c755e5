import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { invalid } from '../errors.ts';

/** Bytes of the HMAC that a cursor carries; 128 bits cannot be guessed. */
const macBytes = 16;

/** Gives the key that cursors of one domain are signed with; may read it from a store on first use. */
export type CursorKey = () => Promise<Buffer>;

/**
 * Opaque list positions. A cursor is its position as JSON with an HMAC over position and scope, the
 * scope being the caller and the query it belongs to: it can be neither altered nor used elsewhere.
 */
export interface Cursors {
  seal(position: unknown, scope: string): Promise<string>;
  /** @throws ValidationError on `query.cursor` when it is altered or of another query or caller. */
  open<T>(cursor: string, scope: string, schema: z.ZodType<T>): Promise<T>;
}

const behindUlid = z.strictObject({ after: z.ulid() });

/** The cursors of a list whose positions are ULIDs: a page continues behind the last one's. */
export function ulidCursors(cursors: Cursors) {
  return {
    /** Where a page begins; without a cursor at the beginning of the list. */
    async after(cursor: string | undefined, scope: string): Promise<string | undefined> {
      return cursor === undefined
        ? undefined
        : (await cursors.open(cursor, scope, behindUlid)).after;
    },
    /** The part of an answer that tells where the next page begins; nothing at the end of the list. */
    async next(after: string | undefined, scope: string): Promise<{ nextCursor?: string }> {
      return after === undefined ? {} : { nextCursor: await cursors.seal({ after }, scope) };
    },
  };
}

const refusal = 'is not a cursor of this list; take nextCursor from an answer to the same query';

export function signedCursors(key: CursorKey): Cursors {
  const mac = async (position: string, scope: string): Promise<Buffer> =>
    createHmac('sha256', await key())
      .update(scope)
      .update('\n')
      .update(position)
      .digest()
      .subarray(0, macBytes);

  return {
    async seal(position, scope) {
      const text = Buffer.from(JSON.stringify(position)).toString('base64url');
      return `${text}.${(await mac(text, scope)).toString('base64url')}`;
    },
    async open(cursor, scope, schema) {
      const dot = cursor.indexOf('.');
      const text = cursor.slice(0, Math.max(dot, 0));
      const given = cursor.slice(dot + 1);
      const expected = (await mac(text, scope)).toString('base64url');
      if (!sameBytes(given, expected)) throw invalid('query.cursor', refusal);
      const position = schema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      if (!position.success) throw invalid('query.cursor', refusal);
      return position.data;
    },
  };
}

function sameBytes(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
