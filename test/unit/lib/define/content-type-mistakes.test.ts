import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { contentTypes } from '../../../../config/content-types.ts';
import type { ContentType } from '../../../../lambdas/shared/define/content-type.ts';
import { contentTypeMistakes } from '../../../../lib/define/content-type-mistakes.ts';

const page: ContentType = {
  type: 'page',
  schema: z.strictObject({ title: z.string() }),
  binaries: ['cover'],
};

const named = (count: number) => Array.from({ length: count }, (_one, at) => `file-${at}`);

const mistakesWith = (change: Partial<ContentType>) =>
  contentTypeMistakes([{ ...page, ...change }]);

test('what ships has no mistakes', () => {
  expect(contentTypeMistakes(contentTypes)).toEqual([]);
});

test('a type with no binaries, and one with no declared fields, are right', () => {
  expect(contentTypeMistakes([{ type: 'note', schema: z.looseObject({}) }])).toEqual([]);
});

describe('each mistake is told with its place and what is possible', () => {
  test.each(['Page', 'blog post', '7up', '', 'a'.repeat(33)])(
    'a name that cannot be one: "%s"',
    (type) => {
      expect(mistakesWith({ type })).toEqual([
        `config/content-types.ts, "${type}": use lower-case letters, digits and hyphens, at most 32`,
      ]);
    },
  );

  test('a type declared twice', () => {
    expect(contentTypeMistakes([page, { ...page }])).toEqual([
      'config/content-types.ts, "page": declared more than once, keep one',
    ]);
  });

  test.each([z.string(), z.array(z.object({})), z.union([z.object({}), z.string()])])(
    'a schema that is not of an object',
    (schema) => {
      expect(mistakesWith({ schema })).toEqual([
        'config/content-types.ts, "page": the schema must be that of an object, such as z.strictObject',
      ]);
    },
  );

  test.each([z.date(), z.string().transform(Number), z.bigint()])(
    'a schema that JSON Schema cannot tell',
    (field) => {
      const [mistake, ...others] = mistakesWith({ schema: z.object({ field }) });
      expect(mistake).toContain(
        'config/content-types.ts, "page": the schema cannot be told as JSON Schema, use what JSON knows: ',
      );
      expect(others).toEqual([]);
    },
  );

  test('more binaries than an item has room for', () => {
    expect(mistakesWith({ binaries: named(32) })).toEqual([]);
    expect(mistakesWith({ binaries: named(33) })).toEqual([
      'config/content-types.ts, "page": it has 33 binaries; 32 is the most that an item has room for',
    ]);
  });

  test('a field with a name that cannot be one, or has a meaning of its own', () => {
    const schema = z.object({ 'main title': z.string(), related: z.string() });
    expect(mistakesWith({ schema })).toEqual([
      'config/content-types.ts, "page": field "main title": use letters, digits, - and _, beginning with a letter, at most 64 characters',
      'config/content-types.ts, "page": a field cannot be called "related", which stands for the references of an item',
    ]);
  });

  test('binaries with names that cannot be theirs', () => {
    expect(mistakesWith({ binaries: ['a/b', 'related', 'title', 'pdf', 'pdf'] })).toEqual([
      'config/content-types.ts, "page": binary "a/b": use letters, digits, - and _, beginning with a letter, at most 64 characters',
      'config/content-types.ts, "page": a binary cannot be called "related", which stands for the references of an item',
      'config/content-types.ts, "page": binary "title": there is a field of that name, choose another for one of them',
      'config/content-types.ts, "page": binary "pdf": stands twice, keep one',
    ]);
  });
});
