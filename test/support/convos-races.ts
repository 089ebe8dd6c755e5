import { TransientError } from '../../lambdas/shared/errors.ts';
import type { ConvosApp, ConvosPorts, Handling } from './convos-app.ts';
import { faultsAt } from './faulty.ts';
import type { Fault } from './faulty.ts';
import { seededRandom } from './seeded-random.ts';

/** Whose caller tries again. */
export const refused: Fault = { kind: 'refused', error: new TransientError('refused') };
export const answerLost: Fault = { kind: 'answer lost', error: new TransientError('lost') };

class Died extends Error {}

/** The function ends there: its caller hears nothing but that. */
export const diesBefore: Fault = { kind: 'refused', error: new Died() };
export const diesAfter: Fault = { kind: 'answer lost', error: new Died() };

/** A fault at one call of a port. */
export function faultAt(method: string, fault: Fault, nth = 1): Handling {
  return { faults: faultsAt({ [method]: { [nth]: fault } }) };
}

/** A request or job during which something happens, right before one of its calls takes effect. */
export function meanwhile(method: string, deed: () => Promise<unknown>, nth = 1): Handling {
  let calls = 0;
  const watched = <P extends object>(port: P): P =>
    new Proxy(port, {
      get(target, key): unknown {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          if (key === method && ++calls === nth) await deed();
          return await Reflect.apply(member, target, args);
        };
      },
    });
  const observed = ({ store, blocks, upkeep }: ConvosPorts): ConvosPorts => ({
    store: watched(store),
    blocks: watched(blocks),
    upkeep: watched(upkeep),
  });
  return { observed };
}

/** Does all of it at the same moment, calls in an order by chance; answers in the order given. */
export async function together<T>(
  app: ConvosApp,
  deeds: readonly (() => Promise<T>)[],
  seed = 1,
): Promise<T[]> {
  const answers: T[] = [];
  const parties = deeds.map((deed, index) => async () => {
    answers[index] = await deed();
  });
  await app.turns.together(parties, seededRandom(seed));
  return answers;
}
