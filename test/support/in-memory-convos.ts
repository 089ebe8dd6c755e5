import { InMemoryBlockStore } from './in-memory-convo-blocks.ts';
import { InMemoryConvoStore } from './in-memory-convo-store.ts';
import { InMemoryConvoTable } from './in-memory-convo-table.ts';
import type { MemoryOptions } from './in-memory-convo-table.ts';
import { InMemoryUpkeepStore } from './in-memory-convo-upkeep.ts';

/**
 * All stores of convos over one table in memory. `options` make transactions collide; for lost answers,
 * refused calls, and turns that let several parties interleave, put `faulty` around a store.
 */
export function inMemoryConvos(options: MemoryOptions = {}) {
  const table = new InMemoryConvoTable(options);
  return {
    table,
    store: new InMemoryConvoStore(table),
    blocks: new InMemoryBlockStore(table),
    upkeep: new InMemoryUpkeepStore(table),
  };
}
