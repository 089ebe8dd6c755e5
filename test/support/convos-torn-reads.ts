import type { ConvoStore } from '../../lambdas/convos/convo-store.ts';
import type { Turn } from './faulty.ts';
import type { Random } from './seeded-random.ts';

/**
 * The same store, whose reads of two items at once see each at a moment of its own, in either order,
 * as BatchGetItem's may. (DynamoDB developer guide, "Isolation levels and serializability": a batch is
 * not serializable as a unit; an item that it leaves unprocessed is even read by another call.)
 */
export function torn(store: ConvoStore, turn: Turn, random: Random): ConvoStore {
  const inAnyOrder = async <One, Other>(
    one: () => Promise<One>,
    other: () => Promise<Other>,
  ): Promise<[One, Other]> => {
    if (random() < 0.5) {
      const first = await one();
      await turn('between two items');
      return [first, await other()];
    }
    const second = await other();
    await turn('between two items');
    return [await one(), second];
  };

  return new Proxy(store, {
    get(target, key): unknown {
      if (key === 'sideAndState') {
        const sideAndState: ConvoStore['sideAndState'] = async (owner, thread) => {
          const [side, state] = await inAnyOrder(
            async () => target.side(owner, thread),
            async () => target.state(owner),
          );
          return { side, state };
        };
        return sideAndState;
      }
      if (key === 'sideAndCopy') {
        const sideAndCopy: ConvoStore['sideAndCopy'] = async (owner, thread, ulid) => {
          const [side, { copy }] = await inAnyOrder(
            async () => target.side(owner, thread),
            async () => target.sideAndCopy(owner, thread, ulid),
          );
          return { side, copy };
        };
        return sideAndCopy;
      }
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
