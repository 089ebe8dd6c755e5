import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { typeOf } from '../shared/resource-ref.ts';
import { happenedAt } from './action.ts';
import { keys } from './contract.ts';
import { publicRow, retractionSeconds } from './public-row.ts';
import { keyRange } from './row-range.ts';
import type { PublicRow, PublicTimelines, Range, Selection } from './timeline-store.ts';

export function dynamoPublicTimelines(
  client: DynamoDBDocumentClient,
  tableName: string,
): PublicTimelines {
  const piece = async (actor: string, input: Partial<QueryCommandInput>) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ TableName: tableName, ...input }),
    );
    return { rows: Items.map((item) => publicRow(actor, item)), last: LastEvaluatedKey };
  };

  return {
    async add({ ulid, actor, verb, target, data, postedAt, self }) {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: keys.publicTimeline(actor),
              sk: `${ulid}#`,
              verb,
              target,
              data,
              ...(self && { self }),
              ...(postedAt !== happenedAt({ ulid }) && { postedAt }),
              verbKey: verbKey(actor, verb, target === undefined ? undefined : typeOf(target)),
              ...(target !== undefined && { targetKey: targetKey(actor, target) }),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async retract(actor, ulid, { nowMs, erased }) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { pk: keys.publicTimeline(actor), sk: `${ulid}#` },
            UpdateExpression: `SET retracted = :yes, expiresAt = :expiry${erased ? ', erased = :yes' : ''} REMOVE verb, target, #data, verbKey, targetKey`,
            ConditionExpression: 'attribute_exists(verb)',
            ExpressionAttributeNames: { '#data': 'data' },
            ExpressionAttributeValues: {
              ':yes': true,
              ':expiry': Math.floor(nowMs / 1000) + retractionSeconds,
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async get(actor, ulid) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: { pk: keys.publicTimeline(actor), sk: `${ulid}#` },
          ConsistentRead: true,
        }),
      );
      return Item && publicRow(actor, Item);
    },

    async read(actor, range) {
      const query = rangeQuery('pk', keys.publicTimeline(actor), range);
      if (!query) return { rows: [], more: false };
      const { rows, last } = await piece(actor, { ...query, ConsistentRead: true });
      return { rows, more: last !== undefined };
    },

    async readSelected(actor, selection, range) {
      const query = selectedQuery(actor, selection, range);
      if (!query) return { rows: [], more: false };
      const rows: PublicRow[] = [];
      let from: QueryCommandInput['ExclusiveStartKey'];
      // What the filter passes over counts towards the limit: a piece may be empty and not the last.
      do {
        const found = await piece(actor, { ...query, ExclusiveStartKey: from });
        rows.push(...found.rows);
        from = found.last;
      } while (from && rows.length < range.limit);
      const more = from !== undefined || rows.length > range.limit;
      return { rows: rows.slice(0, range.limit), more };
    },

    async count(actor, selection, verbs, cap) {
      if (verbs.length === 0) return 0;
      const everything = { order: 'desc', limit: cap } as const;
      const base =
        selection === 'all'
          ? rangeQuery('pk', keys.publicTimeline(actor), everything)
          : selectedQuery(actor, selection, everything);
      const declared = verbs.map((_verb, index) => `:v${index}`);
      const only = `verb IN (${declared.join(', ')})`;
      let count = 0;
      let from: QueryCommandInput['ExclusiveStartKey'];
      do {
        const { Count = 0, LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName: tableName,
            ...base,
            Limit: undefined,
            // An index has no consistent reads.
            ConsistentRead: selection === 'all',
            FilterExpression: base?.FilterExpression
              ? `${base.FilterExpression} AND ${only}`
              : only,
            ExpressionAttributeValues: {
              ...base?.ExpressionAttributeValues,
              ...Object.fromEntries(verbs.map((verb, index) => [`:v${index}`, verb])),
            },
            Select: 'COUNT',
            ExclusiveStartKey: from,
          }),
        );
        count += Count;
        from = LastEvaluatedKey;
      } while (from && count < cap);
      return Math.min(count, cap);
    },
  };
}

function verbKey(actor: string, verb: string, targetType: string | undefined): string {
  return `${actor}#${verb}#${targetType ?? ''}`;
}

function targetKey(actor: string, target: string): string {
  return `${actor}#${target}`;
}

function rangeQuery(
  keyName: string,
  key: string,
  range: Range,
): Partial<QueryCommandInput> | undefined {
  const [low, high] = keyRange(range);
  if (low > high) return undefined;
  return {
    KeyConditionExpression: '#key = :key AND sk BETWEEN :low AND :high',
    ExpressionAttributeNames: { '#key': keyName },
    ExpressionAttributeValues: { ':key': key, ':low': low, ':high': high },
    ScanIndexForward: range.order === 'asc',
    Limit: range.limit,
  };
}

function selectedQuery(
  actor: string,
  selection: Selection,
  range: Range,
): Partial<QueryCommandInput> | undefined {
  if (selection.by === 'verb') {
    const key = verbKey(actor, selection.verb, selection.targetType);
    const query = rangeQuery('verbKey', key, range);
    return query && { ...query, IndexName: 'byVerb' };
  }
  const query = rangeQuery('targetKey', targetKey(actor, selection.target), range);
  if (!query || selection.verb === undefined) return query && { ...query, IndexName: 'byTarget' };
  return {
    ...query,
    IndexName: 'byTarget',
    FilterExpression: 'verb = :verb',
    ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':verb': selection.verb },
  };
}
