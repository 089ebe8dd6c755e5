import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedNames } from '../../../../lambdas/push/content/field-changes.ts';
import type { Compared } from '../../../../lambdas/push/content/field-changes.ts';

type Fields = Record<string, unknown>;

const item = (fields: Fields, more: Partial<Compared> = {}): Compared => ({
  fields,
  related: [],
  binaries: [],
  ...more,
});
const changed = (before: Fields, after: Fields) => changedNames(item(before), item(after));

describe('a field has changed when', () => {
  test.each<[string, Fields, Fields, string[]]>([
    ['its value differs', { a: 1, b: 2 }, { a: 1, b: 3 }, ['b']],
    ['it came', { a: 1 }, { a: 1, b: null }, ['b']],
    ['it went', { a: 1, b: null }, { a: 1 }, ['b']],
    ['its kind differs', { a: 1, b: [], c: null }, { a: '1', b: {}, c: false }, ['a', 'b', 'c']],
    ['a list is in another order', { a: [1, 2] }, { a: [2, 1] }, ['a']],
    ['a list is longer', { a: [1] }, { a: [1, 1] }, ['a']],
    ['something deep in it differs', { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, ['a']],
    ['a member deep in it has another name', { a: { b: 1 } }, { a: { c: 1 } }, ['a']],
    [
      'a member named as no other is differs',
      { a: JSON.parse('{"__proto__": {}}') as unknown },
      { a: { x: {} } },
      ['a'],
    ],
    [
      'a member is only inherited on the other side',
      { a: JSON.parse('{"toString": 1}') as unknown },
      { a: JSON.parse('{"valueOf": 1}') as unknown },
      ['a'],
    ],
  ])('%s', (_when, before, after, names) => {
    expect(changed(before, after)).toEqual(names);
  });

  test('and not when members are in another order', () => {
    expect(changed({ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } })).toEqual([]);
  });
});

test('references count as one, in their order', () => {
  const before = item({}, { related: ['story:1', 'story:2'] });
  expect(changedNames(before, item({}, { related: ['story:1', 'story:2'] }))).toEqual([]);
  expect(changedNames(before, item({}, { related: ['story:2', 'story:1'] }))).toEqual(['related']);
  expect(changedNames(before, item({}))).toEqual(['related']);
});

test('a binary is known by its hash', () => {
  const of = (sha256: string) => item({}, { binaries: [{ name: 'original', sha256 }] });
  expect(changedNames(of('aa'), of('aa'))).toEqual([]);
  expect(changedNames(of('aa'), of('ab'))).toEqual(['original']);
  expect(changedNames(item({}), of('aa'))).toEqual(['original']);
  expect(changedNames(of('aa'), item({}))).toEqual(['original']);
});

test('of a new item all that it has is changed', () => {
  const after = item(
    { title: 'x', state: 10 },
    { related: ['story:1'], binaries: [{ name: 'original', sha256: 'aa' }] },
  );
  expect(changedNames(undefined, after)).toEqual(['title', 'state', 'related', 'original']);
  expect(changedNames(undefined, item({ title: 'x' }))).toEqual(['title']);
});

/** JSON with the members of objects in one order: equal texts are equal values. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`,
  );
  return `{${members.toSorted().join()}}`;
}

const name = fc.constantFrom('a', 'b', 'c', 'd');
const fieldsOf = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });

test('names are those whose JSON differs, whatever the fields', () => {
  fc.assert(
    fc.property(fieldsOf, fieldsOf, fc.array(name), (before, other, kept) => {
      // Fields that are the same on both sides, as other objects.
      const same: [string, unknown][] = kept
        .filter((one) => one in before)
        .map((one) => [one, structuredClone(before[one])]);
      const after: Fields = { ...other, ...Object.fromEntries<unknown>(same) };
      const text = (fields: Fields, one: string) =>
        Object.hasOwn(fields, one) ? canonical(fields[one]) : 'nothing';
      const expected = ['a', 'b', 'c', 'd'].filter((one) => text(before, one) !== text(after, one));
      expect(changed(before, after).toSorted()).toEqual(expected);
      expect(changed(after, before).toSorted()).toEqual(expected);
      expect(changed(after, structuredClone(after))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
