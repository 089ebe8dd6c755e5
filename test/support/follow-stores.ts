import { DynamoErasureStore } from '../../lambdas/follows/dynamo-erasure-store.ts';
import { DynamoFollowStore } from '../../lambdas/follows/dynamo-follow-store.ts';
import type { ErasureStore } from '../../lambdas/follows/erasure-store.ts';
import type { FollowStore } from '../../lambdas/follows/follow-store.ts';
import { InMemoryFollowStore } from './in-memory-follow-store.ts';
import type { LocalTable } from './local-table.ts';

interface Stores {
  follows: FollowStore;
  erasures: ErasureStore;
}

/** Everything that keeps follows, by name: what is true of one must be true of the other. */
export function followStores(table: () => LocalTable): [string, () => Stores][] {
  const inTable = () => {
    const { client, tableName } = table();
    return {
      follows: new DynamoFollowStore(client, tableName),
      erasures: new DynamoErasureStore(client, tableName),
    };
  };
  return [
    ['the double in memory', inMemory],
    ['the table', inTable],
  ];
}

function inMemory(): Stores {
  const store = new InMemoryFollowStore();
  return { follows: store, erasures: store };
}
