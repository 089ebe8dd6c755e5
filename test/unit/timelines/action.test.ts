import { expect, test } from '@jest/globals';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';
import {
  actionId,
  happenedAt,
  matches,
  ulidOfActionId,
} from '../../../lambdas/timelines/action.ts';
import { answerOf } from '../../../lambdas/timelines/action-answer.ts';

const ulid = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

test('an action’s id carries its ULID, and the ULID its time', () => {
  expect(ulidOfActionId(actionId(ulid))).toBe(ulid);
  expect(happenedAt({ ulid: firstUlidAt(1_234) })).toBe(1_234);
});

test.each([
  ['another prefix', `evt_${ulid}`],
  ['no prefix', ulid],
  ['lower case', `act_${ulid.toLowerCase()}`],
  ['a letter that ULIDs lack', `act_${ulid.slice(0, -1)}U`],
  ['too large a time', `act_8${ulid.slice(1)}`],
  ['more behind it', `act_${ulid}0`],
  ['a line feed behind it', `act_${ulid}\n`],
  ['nothing', ''],
])('%s is no action id', (_what, id) => {
  expect(ulidOfActionId(id)).toBeUndefined();
});

test('a filter tells a type from a reference, and a type from one that begins alike', () => {
  const action = { verb: 'like', target: 'article:7' };
  expect(matches({}, action)).toBe(true);
  expect(matches({ verb: 'like', target: 'article' }, action)).toBe(true);
  expect(matches({ target: 'article:7' }, action)).toBe(true);
  expect(matches({ verb: 'comment' }, action)).toBe(false);
  expect(matches({ verb: 'comment', target: 'article' }, action)).toBe(false);
  expect(matches({ target: 'art' }, action)).toBe(false);
  expect(matches({ target: 'article:77' }, action)).toBe(false);
  expect(matches({ target: 'article:' }, action)).toBe(false);
  expect(matches({ target: 'article' }, { verb: 'like' })).toBe(false);
});

test('an answer has every field, and data as it was given', () => {
  const actor = 'user:flo';
  expect(answerOf({ ulid: firstUlidAt(0), actor, verb: 'join' })).toEqual({
    id: actionId(firstUlidAt(0)),
    actor,
    verb: 'join',
    target: null,
    data: null,
    at: '1970-01-01T00:00:00.000Z',
  });
  const data = '{"b":[1,{"__proto__":2}],"a":null,"__proto__":3}';
  const answer = answerOf({ ulid, actor, verb: 'like', target: 'article:7', data });
  expect(JSON.stringify(answer.data)).toBe(data);
  expect(answer.target).toBe('article:7');
});
