import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/** What a function does with the items of a table; a transaction needs the right of each of its items. */
export type ItemAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

/** Lets a function do these things with the items of a table, and no others. None: nothing. */
export function grantItems(fn: IFunction, table: ITableV2, actions: readonly ItemAction[]): void {
  if (actions.length === 0) return;
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [table.tableArn],
    }),
  );
}

/** Lets a function query these indexes of a table; CDK's own grants would open every index. None: nothing. */
export function grantIndexes(fn: IFunction, table: ITableV2, indexes: readonly string[]): void {
  if (indexes.length === 0) return;
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: indexes.map((index) => `${table.tableArn}/index/${index}`),
    }),
  );
}
