import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { eventTypes } from '../../../../config/event-types.ts';
import type { CustomEventType } from '../../../../lambdas/shared/define/event-type.ts';
import { eventTypeMistakes } from '../../../../lib/define/event-type-mistakes.ts';

const article: CustomEventType = {
  type: 'article.published',
  description: 'An article went online.',
  schema: z.looseObject({ title: z.string() }),
  example: { title: 'Welcome' },
};

const mistakesWith = (change: Partial<CustomEventType>) =>
  eventTypeMistakes([{ ...article, ...change }]);

test('what ships has no mistakes', () => {
  expect(eventTypeMistakes(eventTypes)).toEqual([]);
});

test.each(['a.b', 'article.published', 'my-shop.order_2.paid', 'price.3d'])(
  '%s can be the name of a type',
  (type) => {
    expect(mistakesWith({ type })).toEqual([]);
  },
);

describe('each mistake is told with its place and what is possible', () => {
  test.each(['published', 'Article.published', 'article.', '.published', 'a..b', 'a b.c', 'a.*'])(
    'a name that cannot be one: "%s"',
    (type) => {
      expect(mistakesWith({ type })).toEqual([
        `config/event-types.ts, "${type}": use two or more words of lower-case letters, digits, - and _ with dots between, at most 128 characters, e.g. "article.published"`,
      ]);
    },
  );

  test('a name that is too long for the bus', () => {
    expect(mistakesWith({ type: `a.${'b'.repeat(126)}` })).toEqual([]);
    expect(mistakesWith({ type: `a.${'b'.repeat(127)}` })).toHaveLength(1);
  });

  test('a type of the application itself', () => {
    expect(mistakesWith({ type: 'follow.created' })).toEqual([
      'config/event-types.ts, "follow.created": Sequitur has a type of that name itself, choose another',
    ]);
  });

  test('a type declared twice', () => {
    expect(eventTypeMistakes([article, article])).toEqual([
      'config/event-types.ts, "article.published": declared more than once, keep one',
    ]);
  });

  test('an example that does not fit', () => {
    expect(mistakesWith({ example: { title: 7 } })).toEqual([
      'config/event-types.ts, "article.published": the example does not fit the schema, mend one of them: title: Invalid input: expected string, received number',
    ]);
    expect(mistakesWith({ example: 'Welcome' })).toEqual([
      'config/event-types.ts, "article.published": the example does not fit the schema, mend one of them: Invalid input: expected object, received string',
    ]);
  });

  test.each([
    ['dates', z.object({ at: z.date() })],
    ['what is another thing when it is read', z.object({ at: z.string().transform(Number) })],
  ])('a schema of what JSON does not know: %s', (_what, schema) => {
    const mistakes = mistakesWith({ schema, example: { at: 'now' } });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(
      'config/event-types.ts, "article.published": the schema cannot be told as JSON Schema, use what JSON knows: ',
    );
  });
});

test('all mistakes are told at once', () => {
  expect(
    eventTypeMistakes([
      { ...article, type: 'Published', example: null },
      { ...article, type: 'hook.disabled' },
    ]),
  ).toHaveLength(3);
});
