import { expect, test } from '@jest/globals';
import { batchWrite } from '../../../../lambdas/shared/dynamo/batch-write.ts';
import type { BatchWrite } from '../../../../lambdas/shared/dynamo/batch-write.ts';
import { newDocumentClient } from '../../../../lambdas/shared/dynamo/document-client.ts';
import { answeredBy } from '../aws-answers.ts';

type Writes = { PutRequest: { Item: { pk: { S: string } } } }[];

const writesOf = (count: number): BatchWrite[] =>
  Array.from({ length: count }, (_, number) => ({
    PutRequest: { Item: { pk: `p${number}`, sk: 's' } },
  }));

/** A table, and the keys that each call wrote; `handBack` says how many of a call's items are not taken. */
function table(handBack: (call: number) => number = () => 0) {
  const calls: string[][] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const client = newDocumentClient(
    answeredBy(async ({ operation, input }) => {
      expect(operation).toBe('BatchWriteItem');
      const { things } = input['RequestItems'] as { things: Writes };
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      await new Promise((next) => setImmediate(next));
      underWay -= 1;
      const left = handBack(calls.length + 1);
      const taken = things.slice(0, things.length - left);
      calls.push(taken.map(({ PutRequest }) => PutRequest.Item.pk.S));
      return { UnprocessedItems: left === 0 ? {} : { things: things.slice(-left) } };
    }),
  );
  return { client, calls, most: () => mostUnderWay };
}

test('writes go 25 a call, at most four calls at once', async () => {
  const { client, calls, most } = table();
  await batchWrite(client, 'things', writesOf(260));
  expect(calls.map((keys) => keys.length).toSorted((a, b) => b - a)).toEqual([
    ...Array.from({ length: 10 }, () => 25),
    10,
  ]);
  expect(new Set(calls.flat()).size).toBe(260);
  expect(most()).toBe(4);
});

test('without writes nothing is called', async () => {
  const { client, calls } = table();
  await batchWrite(client, 'things', []);
  expect(calls).toEqual([]);
});

test('what DynamoDB hands back is written again, and only that', async () => {
  const { client, calls } = table((call) => (call === 1 ? 3 : 0));
  await batchWrite(client, 'things', writesOf(10));
  expect(calls.map((keys) => keys.length)).toEqual([7, 3]);
  expect(calls.flat()).toEqual(Array.from({ length: 10 }, (_, number) => `p${number}`));
});
