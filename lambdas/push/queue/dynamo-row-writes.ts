import type { TransactionItem } from '../../shared/dynamo/transaction.ts';
import { keys } from '../contract.ts';
import { placeItem, rowItem } from './row-rows.ts';
import type { Place } from './row-rows.ts';
import type { Row, RowMark } from './row.ts';

/** Condition of a first write. */
export const isAbsent = { ConditionExpression: 'attribute_not_exists(pk)' } as const;

/** Condition of a write that follows on what was read. */
export function hasVersion(version: number) {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

/** A row that is there for the first time. */
export function putNewRow(tableName: string, row: Row): TransactionItem {
  return { Put: { TableName: tableName, Item: rowItem(row), ...isAbsent } };
}

/** What follows on a row as it was read. */
export function putRowAfter(tableName: string, before: Row, after: Row): TransactionItem {
  return { Put: { TableName: tableName, Item: rowItem(after), ...hasVersion(before.version) } };
}

/**
 * Gives the place of a rule, target and content to a row. Its version alone would not tell that it was
 * removed and made anew in between, so the row that had it counts too.
 */
export function putPlace(tableName: string, row: RowMark, was: Place | undefined): TransactionItem {
  const Item = placeItem(row, { row: row.ulid, version: (was?.version ?? 0) + 1 });
  if (was === undefined) return { Put: { TableName: tableName, Item, ...isAbsent } };
  return {
    Put: {
      TableName: tableName,
      Item,
      ConditionExpression: '#version = :version AND #row = :row',
      ExpressionAttributeNames: { '#version': 'version', '#row': 'row' },
      ExpressionAttributeValues: { ':version': was.version, ':row': was.row },
    },
  };
}

/** Removes a row as it was read. */
export function deleteRow(tableName: string, { ulid, version }: Row): TransactionItem {
  return { Delete: { TableName: tableName, Key: keys.row(ulid), ...hasVersion(version) } };
}

/** Removes the place that a row has. */
export function deletePlace(
  tableName: string,
  { ulid, rule, target, content }: RowMark,
): TransactionItem {
  return {
    Delete: {
      TableName: tableName,
      Key: keys.place(rule, target, content),
      ConditionExpression: '#row = :row',
      ExpressionAttributeNames: { '#row': 'row' },
      ExpressionAttributeValues: { ':row': ulid },
    },
  };
}
