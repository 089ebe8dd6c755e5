import type { Scheduler } from 'fast-check';
import type { Random } from './seeded-random.ts';

/** What goes wrong with one call. */
export type Fault =
  /** It never got there. */
  | { kind: 'refused'; error: Error }
  /** It took effect, but its caller sees an error: the case that makes retries dangerous. */
  | { kind: 'answer lost'; error: Error }
  /** It took effect twice, as when a library repeats it after a lost answer. */
  | { kind: 'twice' };

export interface PortCall {
  method: string;
  /** Counted from 1, for each method. */
  nth: number;
  args: readonly unknown[];
}

export type FaultPlan = (call: PortCall) => Fault | undefined;

/** Lets others go first; the label shows in a failing property's report. */
export type Turn = (label: string) => Promise<void>;

/**
 * The same port, whose async functions fail as planned. With `turn`, each call waits for its turn before
 * it takes effect and again before its answer is seen, so that calls of several parties interleave.
 */
export function faulty<Port extends object>(
  port: Port,
  { plan = () => undefined, turn }: { plan?: FaultPlan; turn?: Turn },
): Port {
  const calls = new Map<string, number>();
  return new Proxy(port, {
    get(target, key): unknown {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function' || typeof key !== 'string') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        const nth = (calls.get(key) ?? 0) + 1;
        calls.set(key, nth);
        const fault = plan({ method: key, nth, args });
        const call = async (): Promise<unknown> => await Reflect.apply(member, target, args);
        await turn?.(`${key} ${nth}`);
        if (fault?.kind === 'refused') throw fault.error;
        if (fault?.kind === 'twice') await call().catch(() => undefined);
        const answer = await call();
        await turn?.(`answer of ${key} ${nth}`);
        if (fault?.kind === 'answer lost') throw fault.error;
        return answer;
      };
    },
  });
}

/** Faults at chosen calls: `{ save: { 2: fault } }` is the second call of `save`. */
export function faultsAt(places: Record<string, Record<number, Fault>>): FaultPlan {
  return ({ method, nth }) => places[method]?.[nth];
}

/** One entry for each call of any method, in order, then none: what fast-check can generate and shrink. */
export function faultsInTurn(faults: readonly (Fault | undefined)[]): FaultPlan {
  const left = [...faults];
  return () => left.shift();
}

/** That share (0-1) of all calls fails, each with one of the faults. */
export function randomFaults(options: {
  random: Random;
  rate: number;
  faults: readonly Fault[];
}): FaultPlan {
  const { random, rate, faults } = options;
  return () => (random() < rate ? faults[Math.floor(random() * faults.length)] : undefined);
}

/** Turns in the order that a fast-check property chooses (`fc.scheduler()`). */
export function turnsBy(scheduler: Scheduler): Turn {
  return (label) => scheduler.schedule(Promise.resolve(), label);
}
