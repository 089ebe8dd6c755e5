import type { BlockStore } from '../../lambdas/convos/block-store.ts';
import type { ConvoStore } from '../../lambdas/convos/convo-store.ts';
import { dynamoBlockStore } from '../../lambdas/convos/dynamo-block-store.ts';
import { dynamoConvoStore } from '../../lambdas/convos/dynamo-convo-store.ts';
import { dynamoUpkeepStore } from '../../lambdas/convos/dynamo-upkeep-store.ts';
import type { MessageCopy } from '../../lambdas/convos/thread-side.ts';
import type { UpkeepStore } from '../../lambdas/convos/upkeep-store.ts';
import { inMemoryConvos } from './in-memory-convos.ts';
import type { LocalTable } from './local-table.ts';

export interface ConvoStores {
  store: ConvoStore;
  blocks: BlockStore;
  upkeep: UpkeepStore;
}

/** Everything that keeps convos, by name: what is true of one must be true of the other. */
export function convoStores(table: () => LocalTable): [string, () => ConvoStores][] {
  return [
    ['the double in memory', inMemoryConvos],
    ['the table', () => inTable(table())],
  ];
}

export function inTable({ client, tableName }: Pick<LocalTable, 'client' | 'tableName'>) {
  return {
    store: dynamoConvoStore(client, tableName),
    blocks: dynamoBlockStore(client, tableName),
    upkeep: dynamoUpkeepStore(client, tableName),
  };
}

/** All that some users have: what a refused write must leave as it is. */
export async function mailboxes({ store, upkeep }: ConvoStores, users: readonly string[]) {
  const parts = users.map(async (user) => ({
    state: await store.state(user),
    sides: await upkeep.sidesOf(user, { limit: 100 }),
    copies: await copiesOf({ store, upkeep }, user),
  }));
  return Promise.all(parts);
}

/** All copies that a user has, by thread and age. */
export async function copiesOf(
  { store, upkeep }: Pick<ConvoStores, 'store' | 'upkeep'>,
  user: string,
): Promise<MessageCopy[]> {
  const sides = await upkeep.sidesOf(user, { limit: 1_000 });
  const all = { order: 'asc', limit: 10_000 } as const;
  const found = sides.map(async ({ thread }) => store.copies(user, thread, all));
  return (await Promise.all(found)).flat();
}
