import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ItemKey } from '../../shared/dynamo/table-keys.ts';
import { transact } from '../../shared/dynamo/transaction.ts';
import { persist } from '../../shared/persist.ts';
import type { Pace } from '../../shared/persist.ts';
import { indexes, keys, partitions } from '../contract.ts';
import { dynamoRowLists } from './dynamo-row-lists.ts';
import {
  deletePlace,
  deleteRow,
  hasVersion,
  isAbsent,
  putNewRow,
  putPlace,
  putRowAfter,
} from './dynamo-row-writes.ts';
import { finishedRow, madeRow, recordedRow, renewedRow } from './row-changes.ts';
import { placeOf, rowItem, rowOf } from './row-rows.ts';
import type { Place } from './row-rows.ts';
import type { Claim, Outcome, Row, RowMark } from './row.ts';
import type { NewRow, Renewal, Renewing, RowStore } from './row-store.ts';
import type { FailedStatus } from './status.ts';

/**
 * The queue in push's table. What makes a row NEW takes the place of its rule, target and content in the
 * same transaction, so no two of them are NEW; all else is one conditional write. An SDK that repeats a
 * write whose answer was lost meets its own: then what was wished is so, and that is the answer.
 */
export function dynamoRowStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  pace: Pace,
): RowStore {
  const writes = new DynamoRowWrites(client, tableName, pace);
  const { list, oldest, count } = dynamoRowLists(client, tableName);
  return {
    enqueue: (row) => writes.enqueue(row),
    record: (row, status, message) => writes.record(row, status, message),
    get: (ulid) => writes.get(ulid),
    claim: (ulid, by) => writes.claim(ulid, by),
    finish: (row, outcome, nowMs) => writes.finish(row, outcome, nowMs),
    refuse: (ulid, status, message) => writes.refuse(ulid, status, message),
    renew: (row, how) => writes.renew(row, how),
    remove: (row) => writes.remove(row),
    list,
    oldest,
    count,
  };
}

class DynamoRowWrites implements Omit<RowStore, 'list' | 'oldest' | 'count'> {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #pace: Pace;

  constructor(client: DynamoDBDocumentClient, tableName: string, pace: Pace) {
    this.#client = client;
    this.#tableName = tableName;
    this.#pace = pace;
  }

  async enqueue(row: NewRow): Promise<void> {
    await persist(this.#pace, async () => {
      const place = await this.#placeOf(row);
      if (place?.row === row.ulid) return true;
      const before = place && (await this.get(place.row));
      if (before?.status === 'NEW') return true;
      const written = await transact(this.#client, [
        putNewRow(this.#tableName, madeRow(row, before)),
        putPlace(this.#tableName, row, place),
      ]);
      const isThere = written.outcome === 'done' || written.obstacles[0] === 'condition';
      return isThere ? true : undefined;
    });
  }

  async record(row: NewRow, status: FailedStatus, message: string): Promise<void> {
    const Item = rowItem(recordedRow(row, status, message));
    await this.#unlessRefused(() =>
      this.#client.send(new PutCommand({ TableName: this.#tableName, Item, ...isAbsent })),
    );
  }

  async get(ulid: string): Promise<Row | undefined> {
    const item = await this.#read(keys.row(ulid));
    return item && rowOf(item);
  }

  async claim(ulid: string, by: { claim: Claim; run: string }): Promise<Row | undefined> {
    const written = await this.#unlessRefused(async () => {
      const { Attributes } = await this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.row(ulid),
          ConditionExpression: '#status = :new',
          UpdateExpression:
            'SET #status = :inProgress, #claim = :claim, #run = :run, ' +
            '#claims = #claims + :one, #version = #version + :one',
          ExpressionAttributeNames: {
            '#status': 'statusKey',
            '#claim': 'claim',
            '#run': 'run',
            '#claims': 'claims',
            '#version': 'version',
          },
          ExpressionAttributeValues: {
            ':new': 'NEW',
            ':inProgress': 'IN_PROGRESS',
            ':claim': by.claim,
            ':run': by.run,
            ':one': 1,
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return rowOf(Attributes);
    });
    if (written.outcome === 'done') return written.answer;
    const { row } = written;
    const isTheirs =
      row?.status === 'IN_PROGRESS' && row.run === by.run && isDeepStrictEqual(row.claim, by.claim);
    return isTheirs ? row : undefined;
  }

  async finish(row: Row, outcome: Outcome, nowMs: number): Promise<boolean> {
    const after = finishedRow(row, outcome, nowMs);
    const written = await this.#unlessRefused(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: rowItem(after),
          ...hasVersion(row.version),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    return written.outcome === 'done' || isDeepStrictEqual(written.row, after);
  }

  async refuse(ulid: string, status: FailedStatus, message: string): Promise<boolean> {
    const written = await this.#unlessRefused(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.row(ulid),
          ConditionExpression: '#status = :new',
          UpdateExpression:
            'SET #status = :failed, #failedKey = :failedKey, #message = :message, ' +
            '#version = #version + :one',
          ExpressionAttributeNames: {
            '#status': 'statusKey',
            '#failedKey': indexes.failed.partitionKey,
            '#message': 'message',
            '#version': 'version',
          },
          ExpressionAttributeValues: {
            ':new': 'NEW',
            ':failed': status,
            ':failedKey': partitions.failed,
            ':message': message,
            ':one': 1,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (written.outcome === 'done') return true;
    return written.row?.status === status && written.row.message === message;
  }

  renew(row: Row, how?: Renewing): Promise<Renewal> {
    const after = renewedRow(row, how);
    return persist<Renewal>(this.#pace, async () => {
      const place = await this.#placeOf(row);
      if (place?.row !== row.ulid && (await this.#isTaken(place))) return 'waiting';
      const written = await transact(this.#client, [
        putRowAfter(this.#tableName, row, after),
        putPlace(this.#tableName, row, place),
      ]);
      if (written.outcome === 'done') return 'done';
      if (written.obstacles[0] !== 'condition') return undefined;
      return isDeepStrictEqual(await this.get(row.ulid), after) ? 'done' : 'changed';
    });
  }

  remove(row: Row): Promise<boolean> {
    return persist(this.#pace, async () => {
      const written = await transact(this.#client, [
        deleteRow(this.#tableName, row),
        deletePlace(this.#tableName, row),
      ]);
      if (written.outcome === 'done') return true;
      const [ofRow, ofPlace] = written.obstacles;
      if (ofRow === 'condition') return (await this.get(row.ulid)) === undefined;
      return ofRow === 'none' && ofPlace === 'condition' ? this.#removeAlone(row) : undefined;
    });
  }

  /** Where the place is another row's. */
  async #removeAlone({ ulid, version }: Row): Promise<boolean> {
    const written = await this.#unlessRefused(() =>
      this.#client.send(
        new DeleteCommand({
          TableName: this.#tableName,
          Key: keys.row(ulid),
          ...hasVersion(version),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    return written.outcome === 'done' || written.row === undefined;
  }

  async #placeOf({ rule, target, content }: RowMark): Promise<Place | undefined> {
    const item = await this.#read(keys.place(rule, target, content));
    return item && placeOf(item);
  }

  /** Whether the row that has a place is NEW. */
  async #isTaken(place: Place | undefined): Promise<boolean> {
    return place !== undefined && (await this.get(place.row))?.status === 'NEW';
  }

  async #read(key: ItemKey): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  /** A write with what stood against it: the row as it is, if there is one. */
  async #unlessRefused<T>(
    write: () => Promise<T>,
  ): Promise<{ outcome: 'done'; answer: T } | { outcome: 'refused'; row: Row | undefined }> {
    try {
      return { outcome: 'done', answer: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { outcome: 'refused', row: error.Item && rowOf(unmarshall(error.Item)) };
    }
  }
}
