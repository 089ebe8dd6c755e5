import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { batchGet } from '../shared/dynamo/batch-get.ts';
import type { Clock } from '../shared/identifier.ts';
import { keys } from './contract.ts';
import { asRead, deliveryOf, deliveryRow, payloadOfRow, payloadRow } from './delivery-rows.ts';
import { payloadPlace } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { dueAttributes } from './due-key.ts';
import { queryDue, queryFailures, queryOfHook } from './dynamo-delivery-queries.ts';

/**
 * Deliveries in the webhooks' table. Each write is one item: one unit for each KB of it, and, of a
 * failed or due one, one for each index that it enters or leaves. What expired and is still there, as
 * time to live deletes late, counts as gone.
 */
export function dynamoDeliveryStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  now: Clock,
): DeliveryStore {
  const nowSeconds = () => Math.floor(now() / 1000);
  const isLive = ({ expiresAt }: { expiresAt: number }) => expiresAt > nowSeconds();

  const readMany = async (ulids: readonly string[]): Promise<Delivery[]> => {
    const wanted = [...new Set(ulids)].map(keys.delivery);
    const rows = await batchGet(client, tableName, wanted);
    return rows.map(deliveryOf).filter(isLive);
  };

  return {
    async create(delivery, payload, payloadApart) {
      const place = payloadApart ? payloadPlace(payload) : { payload };
      const row = { ...delivery, ...place, version: 1 };
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: deliveryRow(row),
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': nowSeconds() },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return {};
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        return { existing: deliveryOf(unmarshall(error.Item)) };
      }
    },

    async keepPayload(payload, expiresAt) {
      await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: payloadRow(payload, expiresAt),
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt < :expiresAt',
            ExpressionAttributeValues: { ':expiresAt': expiresAt },
          }),
        ),
      );
    },

    async prolongPayloads(deliveries, expiresAt) {
      await Promise.all(
        payloadKeys(deliveries).map(async (key) =>
          unlessRefused(
            client.send(
              new UpdateCommand({
                TableName: tableName,
                Key: keys.event(key),
                UpdateExpression: 'SET expiresAt = :expiresAt',
                ConditionExpression: 'attribute_exists(pk) AND expiresAt < :expiresAt',
                ExpressionAttributeValues: { ':expiresAt': expiresAt },
              }),
            ),
          ),
        ),
      );
    },

    async read(ulid) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keys.delivery(ulid), ConsistentRead: true }),
      );
      const delivery = Item && deliveryOf(Item);
      return delivery && isLive(delivery) ? delivery : undefined;
    },

    readMany,

    async payloads(deliveries) {
      const rows = await batchGet(client, tableName, payloadKeys(deliveries).map(keys.event));
      const kept = new Map(
        rows
          .map(payloadOfRow)
          .filter(isLive)
          .map((row) => [row.payloadKey, row.payload]),
      );
      const found = new Map<string, string>();
      for (const { ulid, payloadKey = '', payload = kept.get(payloadKey) } of deliveries) {
        if (payload !== undefined) found.set(ulid, payload);
      }
      return found;
    },

    async replace(delivery) {
      const after = { ...delivery, version: delivery.version + 1 };
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: deliveryRow(after),
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': delivery.version },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'replaced';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const stored = error.Item && deliveryOf(unmarshall(error.Item));
        // The SDK itself repeats what was done already when its answer is lost.
        return isDeepStrictEqual(stored, asRead(after)) ? 'replaced' : 'changed';
      }
    },

    async remove({ ulid, version }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: keys.delivery(ulid),
            ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
            ExpressionAttributeValues: { ':version': version },
          }),
        );
        return 'removed';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'changed';
        throw error;
      }
    },

    async ofHook(hook, range) {
      return queryOfHook(client, tableName, { hook, nowSeconds: nowSeconds(), ...range });
    },

    async failures(of, page) {
      const ulids = await queryFailures(client, tableName, of, page);
      const rows = new Map((await readMany(ulids)).map((row) => [row.ulid, row]));
      // By the index: some may have been retried or deleted since.
      const found = ulids.flatMap((ulid) => rows.get(ulid) ?? []);
      const deliveries = found.filter(({ status }) => status === 'failed');
      return { deliveries, ...(ulids.length === page.limit && { after: ulids.at(-1) }) };
    },

    async dueUntil(atMs, limit) {
      return queryDue(client, tableName, atMs, limit);
    },

    async undue(row) {
      const { hook, delivery } = row;
      // Refused: it is due at another time now, or not at all.
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: delivery === undefined ? keys.lane(hook) : keys.delivery(delivery),
            UpdateExpression: 'REMOVE dueShard, dueAt',
            ConditionExpression: 'dueAt = :dueAt',
            ExpressionAttributeValues: { ':dueAt': dueAttributes(row).dueAt },
          }),
        ),
      );
    },
  };
}

/** The keys of payloads that do not stand in rows, each once. */
function payloadKeys(deliveries: readonly Delivery[]): string[] {
  const apart = deliveries.filter(({ payload }) => payload === undefined);
  return [...new Set(apart.flatMap(({ payloadKey }) => payloadKey ?? []))];
}

/** A write whose condition does not hold has nothing to do. */
async function unlessRefused(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
