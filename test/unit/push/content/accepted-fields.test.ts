import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { story } from '../../../../config/content-types.ts';
import { acceptedFields, maxFields } from '../../../../lambdas/push/content/accepted-fields.ts';
import { ValidationError } from '../../../../lambdas/shared/errors.ts';

const right = {
  title: 'A',
  content: '<p>b</p>',
  state: 20,
  updatedAt: '2026-11-21T10:30:00+01:00',
};
const loose = { schema: z.looseObject({}) };

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_none, place) => [`f${place}`, place]));

/** Paths of what is wrong, or nothing. */
function wrong(accept: () => unknown): string[] {
  try {
    accept();
    return [];
  } catch (error) {
    if (error instanceof ValidationError) return error.errors.map(({ path }) => path);
    throw error;
  }
}

describe('fields of a type are checked by its schema', () => {
  test('and taken when they are right', () => {
    expect(acceptedFields(story, { ...right, photo: 'photo:1' })).toEqual({
      ...right,
      photo: 'photo:1',
    });
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['a missing field', { ...right, title: undefined }, ['body.fields.title']],
    ['a value that is none of its own', { ...right, state: 30 }, ['body.fields.state']],
    ['a value of another kind', { ...right, content: 7 }, ['body.fields.content']],
    ['a reference to another type', { ...right, photo: 'story:1' }, ['body.fields.photo']],
    ['a field that it does not have', { ...right, tile: 'x' }, ['body.fields.tile']],
    [
      'two at once',
      { ...right, title: '', state: '20' },
      ['body.fields.title', 'body.fields.state'],
    ],
    ['a text that XML forbids', { ...right, content: 'a\u0000' }, ['body.fields.content']],
  ])('%s is refused', (_what, fields, paths) => {
    expect(wrong(() => acceptedFields(story, fields))).toEqual(paths);
  });
});

test('what the schema makes of them is stored, as JSON gives it back', () => {
  const schema = z.object({
    title: z.string().transform((text) => text.trim()),
    state: z.int().default(10),
    at: z.iso.datetime().transform((text) => new Date(text)),
    gone: z
      .string()
      .optional()
      .transform(() => undefined),
  });
  expect(acceptedFields({ schema }, { title: ' x ', at: '2026-11-21T10:30:00Z', more: 1 })).toEqual(
    {
      title: 'x',
      state: 10,
      at: '2026-11-21T10:30:00.000Z',
    },
  );
});

test('a schema that cuts a character in two stores nothing', () => {
  const schema = z.object({ title: z.string().transform((text) => text.slice(0, 2)) });
  expect(wrong(() => acceptedFields({ schema }, { title: 'a\u{1F600}' }))).toEqual([
    'body.fields.title',
  ]);
});

describe('where the schema leaves names open', () => {
  test('they have to be names', () => {
    const fields = { ok_1: 1, 'not ok': 1, '1st': 1, ['x'.repeat(65)]: 1 };
    expect(wrong(() => acceptedFields(loose, fields))).toEqual([
      'body.fields.not ok',
      'body.fields.1st',
      `body.fields.${'x'.repeat(65)}`,
    ]);
  });

  test('there are only so many of them', () => {
    expect(wrong(() => acceptedFields(loose, many(maxFields)))).toEqual([]);
    expect(wrong(() => acceptedFields(loose, many(maxFields + 1)))).toEqual(['body.fields']);
  });
});

test('of very many mistakes the first are told', () => {
  const schema = z.object({ list: z.array(z.int()) });
  const list = Array.from({ length: 20_000 }, () => 'x');
  expect(wrong(() => acceptedFields({ schema }, { list }))).toHaveLength(100);
});
