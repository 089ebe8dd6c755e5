import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { operationOf } from './operation.ts';
import { readOperations, readUnits } from './read-units.ts';
import { writeUnits } from './write-units.ts';
import type { Image, Indexes } from './write-units.ts';
import { writtenItems } from './written-items.ts';
import type { WrittenItem } from './written-items.ts';

/** What some requests to DynamoDB consumed. */
export interface Consumption {
  /** Write request units. */
  writes: number;
  /** Read request units. */
  reads: number;
  /** Calls of any kind. */
  calls: number;
}

const consumed = z.object({ CapacityUnits: z.number() });
const answerSchema = z.object({
  ConsumedCapacity: z.union([consumed.transform((one) => [one]), z.array(consumed)]),
});

/**
 * Meters a client from outside, by its middleware, so that the code that uses it stays as it is. Asks
 * DynamoDB for the consumed capacity of each request. What the local service counts wrongly,
 * transactions above all, is computed from each item before and after. Other writes are computed too,
 * to hold the rule against the service's own figures.
 */
export class CapacityMeter {
  readonly #observer: DynamoDBDocumentClient;
  readonly #indexes: Readonly<Record<string, Indexes>>;
  #total: Consumption = { writes: 0, reads: 0, calls: 0 };
  /** Writes whose figure was computed and reported both. */
  compared = 0;
  /** Those of them in which the two disagree. */
  disagreements = 0;

  /**
   * @param observer another client, to look at items with
   * @param indexes of each table
   */
  constructor(
    client: DynamoDBDocumentClient,
    observer: DynamoDBDocumentClient,
    indexes: Readonly<Record<string, Indexes>>,
  ) {
    this.#observer = observer;
    this.#indexes = indexes;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const operation = operationOf(context);
        const items = writtenItems(operation, args.input);
        const before = await this.#images(items);
        const answer = await next({
          ...args,
          input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' },
        });
        const after = await this.#images(items);
        this.#note(operation, args.input, answer.output, { items, before, after });
        return answer;
      },
      { step: 'initialize', priority: 'high', name: 'meterCapacity' },
    );
  }

  /** What one piece of work consumes. Nothing else may use the client meanwhile. */
  async measure(work: () => Promise<unknown>): Promise<Consumption> {
    this.#total = { writes: 0, reads: 0, calls: 0 };
    await work();
    return { ...this.#total };
  }

  #note(
    operation: string,
    input: unknown,
    output: unknown,
    { items, before, after }: { items: WrittenItem[]; before: Image[]; after: Image[] },
  ): void {
    this.#total.calls += 1;
    const transactional = operation === 'TransactWriteItems';
    const reported = answerSchema
      .parse(output)
      .ConsumedCapacity.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    if (readOperations.includes(operation)) {
      this.#total.reads += readUnits(operation, { input, output, reported });
      return;
    }
    const computed = items.reduce((sum, { tableName }, place) => {
      const images = { before: before[place], after: after[place] };
      return sum + writeUnits(images, this.#indexes[tableName] ?? {}, transactional);
    }, 0);
    // Deleting what is not there is one unit; the local service makes it two in a batch.
    const nothingThere = items.some(
      (_item, place) => (before[place] ?? after[place]) === undefined,
    );
    const trusted = !transactional && !nothingThere;
    this.#total.writes += trusted ? reported : computed;
    if (!trusted) return;
    this.compared += 1;
    if (computed !== reported) this.disagreements += 1;
  }

  async #images(items: readonly WrittenItem[]): Promise<Image[]> {
    return Promise.all(
      items.map(async ({ tableName, key }) => {
        const { Item } = await this.#observer.send(
          new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
        );
        return Item;
      }),
    );
  }
}
