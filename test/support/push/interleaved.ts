import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What one of several does at the same time, with a client of its own. */
export interface Party<T> {
  client: Pick<DynamoDBDocumentClient, 'middlewareStack'>;
  run: () => Promise<T>;
}

const middleware = 'interleaved';

/**
 * Has the requests of parties reach DynamoDB in a given order: `schedule` names, request by request, whose
 * is the next. A party that has ended is passed over; what the schedule does not name comes at its end.
 *
 * @returns their answers, in the order of the parties
 */
export async function interleaved<T>(
  parties: readonly Party<T>[],
  schedule: readonly number[],
): Promise<T[]> {
  const gates = parties.map(({ client }) => new Gate(client));
  const answers = parties.map(async ({ run }, place) => {
    try {
      return await run();
    } finally {
      gates[place]?.end();
    }
  });
  const all = Promise.all(answers);
  // Its failure is told at the end.
  all.catch(() => undefined);
  for (const place of schedule) await gates[place]?.letOne();
  for (const gate of gates) while (await gate.letOne());
  return all;
}

/** All orders in which two parties' requests can come, as many of each. */
export function schedulesOfTwo(first: number, second: number): number[][] {
  if (first === 0) return [Array.from({ length: second }, () => 1)];
  if (second === 0) return [Array.from({ length: first }, () => 0)];
  return [
    ...schedulesOfTwo(first - 1, second).map((rest) => [0, ...rest]),
    ...schedulesOfTwo(first, second - 1).map((rest) => [1, ...rest]),
  ];
}

/** Stops each request of a client until it is let through. */
class Gate {
  #open: (() => void) | undefined;
  #hasEnded = false;
  /** Settles when a request waits, or none comes any more. */
  #arrival = Promise.withResolvers<void>();
  readonly #client: Pick<DynamoDBDocumentClient, 'middlewareStack'>;

  constructor(client: Pick<DynamoDBDocumentClient, 'middlewareStack'>) {
    this.#client = client;
    client.middlewareStack.add(
      (next) => async (args) => {
        await new Promise<void>((resolve) => {
          this.#open = resolve;
          this.#arrival.resolve();
        });
        return next(args);
      },
      { step: 'initialize', priority: 'high', name: middleware },
    );
  }

  end(): void {
    this.#hasEnded = true;
    this.#client.middlewareStack.remove(middleware);
    this.#arrival.resolve();
  }

  /** Lets the next request through, and waits for what follows on it. @returns false when there is none */
  async letOne(): Promise<boolean> {
    await this.#arrival.promise;
    if (this.#hasEnded) return false;
    this.#arrival = Promise.withResolvers();
    this.#open?.();
    await this.#arrival.promise;
    return true;
  }
}
