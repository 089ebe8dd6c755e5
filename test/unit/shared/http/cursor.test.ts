import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { ValidationError } from '../../../../lambdas/shared/errors.ts';
import { signedCursors } from '../../../../lambdas/shared/http/cursor.ts';
import type { Cursors } from '../../../../lambdas/shared/http/cursor.ts';

const position = z.strictObject({ after: z.string() });
const key = Buffer.alloc(32, 7);

let cursors: Cursors;
beforeEach(() => {
  cursors = signedCursors(() => Promise.resolve(key));
});

test('a cursor gives its position back for the same query and caller', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string(), async (after, scope) => {
      const cursor = await cursors.seal({ after }, scope);
      expect(await cursors.open(cursor, scope, position)).toEqual({ after });
    }),
  );
});

test('a cursor has only characters that a query string may hold as they are', async () => {
  const cursor = await cursors.seal({ after: 'ü/+=?&'.repeat(20) }, 'scope');
  expect(cursor).toMatch(/^[\w.-]+$/);
});

test('a cursor of another query or caller is refused', async () => {
  const cursor = await cursors.seal({ after: 'a' }, 'amy /followers');
  for (const scope of ['flo /followers', 'amy /followings', '']) {
    await expect(cursors.open(cursor, scope, position)).rejects.toThrow(ValidationError);
  }
});

test('a cursor signed with another key is refused', async () => {
  const others = signedCursors(() => Promise.resolve(Buffer.alloc(32, 8)));
  const cursor = await others.seal({ after: 'a' }, 'scope');
  await expect(cursors.open(cursor, 'scope', position)).rejects.toThrow(ValidationError);
});

test('a cursor of which any character was changed is refused', async () => {
  const cursor = await cursors.seal({ after: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6' }, 'scope');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(cursor.length - 1),
      fc.constantFrom('A', 'b', '0', '-', '.', '~', ''),
      async (place, character) => {
        const altered = cursor.slice(0, place) + character + cursor.slice(place + 1);
        fc.pre(altered !== cursor);
        await expect(cursors.open(altered, 'scope', position)).rejects.toThrow(ValidationError);
      },
    ),
  );
});

test('what never was a cursor is refused, and the field is named', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      await expect(cursors.open(text, 'scope', position)).rejects.toMatchObject({
        errors: [{ path: 'query.cursor' }],
      });
    }),
  );
});

test('a cursor whose position is of another shape, such as of an earlier version, is refused', async () => {
  const cursor = await cursors.seal({ before: 'a' }, 'scope');
  await expect(cursors.open(cursor, 'scope', position)).rejects.toThrow(ValidationError);
});
