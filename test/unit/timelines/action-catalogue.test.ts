import { expect, test } from '@jest/globals';
import { ActionCatalogue } from '../../../lambdas/timelines/action-catalogue.ts';

const catalogue = new ActionCatalogue([
  { actor: 'user', verb: 'join' },
  { actor: 'user', verb: 'like', target: 'required' },
  { actor: 'user', verb: 'rest', target: 'optional' },
  { actor: 'project', verb: 'like', target: 'none' },
]);

test('each type has its own verbs', () => {
  expect(catalogue.verbsOf('user:flo')).toEqual(['join', 'like', 'rest']);
  expect(catalogue.verbsOf('photo:7')).toEqual([]);
  expect(catalogue.declares('project:7', 'like')).toBe(true);
  expect(catalogue.declares('project:7', 'join')).toBe(false);
  expect(catalogue.declares('photo:7', 'like')).toBe(false);
});

test.each([
  ['user:flo', 'join', undefined],
  ['user:flo', 'like', 'article:7'],
  ['user:flo', 'rest', undefined],
  ['user:flo', 'rest', 'article:7'],
  ['project:7', 'like', undefined],
])('%s may %s %s', (actor, verb, target) => {
  expect(() => {
    catalogue.check({ actor, verb, ...(target !== undefined && { target }) });
  }).not.toThrow();
});

test.each([
  ['user:flo', 'join', 'article:7', 'body.target'],
  ['user:flo', 'like', undefined, 'body.target'],
  ['project:7', 'like', 'article:7', 'body.target'],
  ['project:7', 'join', undefined, 'body.verb'],
  ['photo:7', 'like', undefined, 'body.verb'],
])('%s may not %s %s: the mistake is in %s', (actor, verb, target, path) => {
  expect(() => {
    catalogue.check({ actor, verb, ...(target !== undefined && { target }) });
  }).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ path })] }));
});
