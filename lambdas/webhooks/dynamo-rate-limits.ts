import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../shared/errors.ts';
import { keys } from './contract.ts';
import { bucketOf, turnMs } from './rate-limits.ts';
import type { RateLimits } from './rate-limits.ts';

const rowSchema = z.object({ next: z.number() });

/** Seconds for which turns are kept after the newest: longer than any delivery that waits for one is. */
const keptSeconds = 366 * 24 * 60 * 60;

/** Rounds of a reservation; each fails only if the bucket ran empty or full between its two writes. */
const rounds = 10;

/**
 * Turns in the webhooks' table: `next` is when the next turn would be if all were spaced evenly, in
 * microseconds. While that lies ahead, a turn adds one interval to it, which DynamoDB does for any number
 * of workers at once without a condition that one of them could break; otherwise the count begins anew.
 * One write, or two when the bucket was full.
 */
export function dynamoRateLimits(client: DynamoDBDocumentClient, tableName: string): RateLimits {
  const update = async (input: Omit<UpdateCommandInput, 'TableName'>) => {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({ TableName: tableName, ReturnValues: 'UPDATED_NEW', ...input }),
      );
      return rowSchema.parse(Attributes).next;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
  return {
    async reserve(hook, perSecond, nowMs) {
      const bucket = bucketOf(perSecond);
      const Key = keys.rate(hook);
      const nowMicros = nowMs * 1000;
      const names = { ExpressionAttributeNames: { '#next': 'next' } };
      const expiresAt = Math.floor(nowMs / 1000) + keptSeconds;
      for (let round = 0; round < rounds; round += 1) {
        const behind = await update({
          Key,
          ...names,
          UpdateExpression: 'SET #next = #next + :interval, expiresAt = :expiresAt',
          ConditionExpression: '#next > :now',
          ExpressionAttributeValues: {
            ':interval': bucket.interval,
            ':now': nowMicros,
            ':expiresAt': expiresAt,
          },
        });
        if (behind !== undefined) return turnMs(bucket, behind - bucket.interval, nowMs);
        const next = nowMicros + bucket.interval;
        const first = await update({
          Key,
          ...names,
          UpdateExpression: 'SET #next = :next, expiresAt = :expiresAt',
          ConditionExpression: 'attribute_not_exists(#next) OR #next <= :now',
          ExpressionAttributeValues: {
            ':next': next,
            ':now': nowMicros,
            ':expiresAt': expiresAt,
          },
        });
        if (first !== undefined) return nowMs;
      }
      throw new TransientError('the rate limit keeps changing');
    },
  };
}
