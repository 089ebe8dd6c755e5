import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { keys, laneLeaseMs } from '../contract.ts';
import type { LaneStore } from './lane-store.ts';

/** A lane that nobody wants any more goes: by then no row tells of its holders, whose epochs begin anew. */
const keptSeconds = 30 * 86_400;

const itemSchema = z.object({
  epoch: z.int().min(1),
  untilMs: z.int().min(0),
  /** Tells a holder whose answer was lost from another. */
  holder: z.string(),
});

type LaneItem = z.output<typeof itemSchema>;

const names = { '#epoch': 'epoch', '#until': 'untilMs' };

/**
 * Lanes in push's table: one conditional write for each change. The item of a lane stays when it is
 * released, so that epochs go on.
 */
export function dynamoLaneStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  newNonce: () => string,
): LaneStore {
  return new DynamoLaneStore(client, tableName, newNonce);
}

class DynamoLaneStore implements LaneStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #newNonce: () => string;

  constructor(client: DynamoDBDocumentClient, tableName: string, newNonce: () => string) {
    this.#client = client;
    this.#tableName = tableName;
    this.#newNonce = newNonce;
  }

  async acquire(lane: string, nowMs: number): Promise<number | undefined> {
    const holder = this.#newNonce();
    const untilMs = nowMs + laneLeaseMs;
    const { outcome, item } = await this.#update(lane, {
      ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
      UpdateExpression:
        'SET #epoch = if_not_exists(#epoch, :none) + :one, #until = :until, ' +
        '#holder = :holder, #expires = :expires',
      ExpressionAttributeNames: { ...names, '#holder': 'holder', '#expires': 'expiresAt' },
      ExpressionAttributeValues: {
        ':now': nowMs,
        ':none': 0,
        ':one': 1,
        ':until': untilMs,
        ':holder': holder,
        ':expires': Math.ceil(untilMs / 1_000) + keptSeconds,
      },
    });
    return outcome === 'done' || item?.holder === holder ? item?.epoch : undefined;
  }

  async renew(lane: string, epoch: number, nowMs: number): Promise<boolean> {
    const untilMs = nowMs + laneLeaseMs;
    const { outcome } = await this.#update(lane, {
      ConditionExpression: '#epoch = :epoch AND #until > :now',
      UpdateExpression: 'SET #until = :until, #expires = :expires',
      ExpressionAttributeNames: { ...names, '#expires': 'expiresAt' },
      ExpressionAttributeValues: {
        ':epoch': epoch,
        ':now': nowMs,
        ':until': untilMs,
        ':expires': Math.ceil(untilMs / 1_000) + keptSeconds,
      },
    });
    return outcome === 'done';
  }

  async release(lane: string, epoch: number): Promise<void> {
    await this.#update(lane, {
      ConditionExpression: '#epoch = :epoch',
      UpdateExpression: 'SET #until = :free',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':epoch': epoch, ':free': 0 },
    });
  }

  async isHeld(lane: string, epoch: number, nowMs: number): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: keys.lane(lane), ConsistentRead: true }),
    );
    if (Item === undefined) return false;
    const held = itemSchema.parse(Item);
    return held.epoch === epoch && held.untilMs > nowMs;
  }

  /** Changes a lane, if it is so that it may be. @returns the lane as it is then, or as it stood against that */
  async #update(
    lane: string,
    change: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
  ): Promise<{ outcome: 'done' | 'refused'; item: LaneItem | undefined }> {
    try {
      const { Attributes } = await this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.lane(lane),
          ...change,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { outcome: 'done', item: itemSchema.parse(Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = error.Item && itemSchema.parse(unmarshall(error.Item));
      return { outcome: 'refused', item };
    }
  }
}
