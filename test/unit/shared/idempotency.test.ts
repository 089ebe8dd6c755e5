import { beforeEach, expect, test } from '@jest/globals';
import * as z from 'zod';
import { ConflictError } from '../../../lambdas/shared/errors.ts';
import { firstAnswer } from '../../../lambdas/shared/idempotency.ts';
import type { IdempotencyStore, RememberedAnswer } from '../../../lambdas/shared/idempotency.ts';

const answerSchema = z.object({ id: z.string() });
const request = { idempotencyKey: 'key-1', scope: ['user:amy', 'POST', '/v1/x'], body: { a: 1 } };

function memoryStore(): IdempotencyStore & { keys: () => string[] } {
  const entries = new Map<string, RememberedAnswer>();
  return {
    keys: () => [...entries.keys()],
    remember: (key, entry) => {
      const known = entries.get(key);
      if (!known) entries.set(key, entry);
      return Promise.resolve(known);
    },
  };
}

let store: ReturnType<typeof memoryStore>;
beforeEach(() => {
  store = memoryStore();
});

const ask = (id: string, changes: Partial<typeof request> | { idempotencyKey: undefined } = {}) =>
  firstAnswer(store, { ...request, ...changes }, { id }, answerSchema);

test('the same request again gets the first answer', async () => {
  expect(await ask('first')).toEqual({ id: 'first' });
  expect(await ask('second')).toEqual({ id: 'first' });
});

test('of requests at the same moment all get one answer', async () => {
  const answers = await Promise.all(['a', 'b', 'c'].map((id) => ask(id)));
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
});

test('a request without a key is a new one each time, and nothing is kept', async () => {
  expect(await ask('first', { idempotencyKey: undefined })).toEqual({ id: 'first' });
  expect(await ask('second', { idempotencyKey: undefined })).toEqual({ id: 'second' });
  expect(store.keys()).toEqual([]);
});

test('the same key with another body is a conflict', async () => {
  await ask('first');
  await expect(ask('second', { body: { a: 2 } })).rejects.toThrow(ConflictError);
});

test('the order of properties makes no other body', async () => {
  const nested = { a: { x: 1, y: [1, 2] }, b: 2 };
  await ask('first', { body: nested as never });
  const turned = { b: 2, a: { y: [1, 2], x: 1 } };
  expect(await ask('second', { body: turned as never })).toEqual({ id: 'first' });
});

test('the order within data makes no other body, though data is JSON text by then', async () => {
  await ask('first', { body: { data: '{"x":{"p":1,"q":2},"y":3}' } as never });
  const turned = { data: '{"y":3,"x":{"q":2,"p":1}}' };
  expect(await ask('second', { body: turned as never })).toEqual({ id: 'first' });
});

test.each(['{"x":2}', '{"x":"1"}', '{"x":1,"__proto__":1}', 'no JSON'])(
  'other data is another body: %s',
  async (data) => {
    await ask('first', { body: { data: '{"x":1}' } as never });
    await expect(ask('second', { body: { data } as never })).rejects.toThrow(ConflictError);
  },
);

test('the order of a list does', async () => {
  await ask('first', { body: { list: [1, 2] } as never });
  await expect(ask('second', { body: { list: [2, 1] } as never })).rejects.toThrow(ConflictError);
});

test.each([
  ['another caller', { scope: ['user:flo', 'POST', '/v1/x'] }],
  ['another path', { scope: ['user:amy', 'POST', '/v1/y'] }],
  ['parts that only read alike when joined', { scope: ['user:amy', 'POST', '/v1', '/x'] }],
  ['another key', { idempotencyKey: 'key-2' }],
])('%s has its own answer', async (_what, changes) => {
  await ask('first');
  expect(await ask('second', changes)).toEqual({ id: 'second' });
});

test('neither keys nor bodies are stored as they came', async () => {
  await ask('first', { body: { secret: 'open sesame' } as never });
  expect(JSON.stringify(store.keys())).not.toContain('key-1');
});
