import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { provisionedThroughputExceeded } from './dynamodb-errors.ts';

/** What goes wrong with a request to DynamoDB. */
export type RequestFault =
  /** DynamoDB doesn't get it. */
  | { kind: 'refused'; error: Error }
  /** DynamoDB acts on it, but the answer is an error. */
  | { kind: 'answer lost'; error: Error }
  /**
   * So many of its last items are handed back untouched, in UnprocessedItems (BatchWriteItem) or
   * UnprocessedKeys (BatchGetItem). Where that is all of them DynamoDB throws
   * ProvisionedThroughputExceededException instead, here as if the SDK had repeated it in vain. (API
   * reference, BatchWriteItem and BatchGetItem.)
   */
  | { kind: 'handed back'; items: number };

export interface FailingCall {
  /** As in the API reference: `TransactWriteItems`, `BatchWriteItem`, `Query`. */
  operation: string;
  /**
   * Which ones, counted from 1 for each operation. Requests that the SDK repeats by itself count, except
   * for handing back, which the SDK leaves to its caller.
   */
  nth: readonly number[];
  fault: RequestFault;
}

const middleware = { calls: 'failCalls', requests: 'failRequests' } as const;

/**
 * Makes requests of a real client fail, so that adapters meet against a local DynamoDB what it never
 * does by itself. A document client shares its faults with the client that it was made from. The function
 * that it returns ends them.
 *
 * The SDK repeats what it takes for passing, with waits: give the client `maxAttempts: 1` when the
 * adapter itself is to see such an error.
 */
export function failCalls(
  client: Pick<DynamoDBClient, 'middlewareStack'>,
  failing: readonly FailingCall[],
): () => void {
  const faultOfCall = counted(failing.filter(({ fault }) => fault.kind === 'handed back'));
  const faultOfRequest = counted(failing.filter(({ fault }) => fault.kind !== 'handed back'));

  // Before items are marshalled and after they are unmarshalled, so in the form that the caller uses.
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const fault = faultOfCall(context['commandName']);
      if (fault?.kind !== 'handed back' || !('RequestItems' in args.input)) return next(args);
      const { RequestItems, ...rest } = args.input;
      const { taken, left } = divided(RequestItems ?? {}, fault.items);
      if (Object.keys(taken).length === 0) throw provisionedThroughputExceeded();
      const answer = await next({ ...args, input: { ...rest, RequestItems: taken } });
      const member = String(context['commandName']).startsWith('BatchGet')
        ? 'UnprocessedKeys'
        : 'UnprocessedItems';
      return { ...answer, output: { ...answer.output, [member]: left } };
    },
    { step: 'initialize', priority: 'high', name: middleware.calls },
  );

  // Inside the SDK's retries, which have the high priority in this step.
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const fault = faultOfRequest(context['commandName']);
      if (fault?.kind === 'refused') throw fault.error;
      const answer = await next(args);
      if (fault?.kind === 'answer lost') throw fault.error;
      return answer;
    },
    { step: 'finalizeRequest', priority: 'low', name: middleware.requests },
  );

  return () => {
    client.middlewareStack.remove(middleware.calls);
    client.middlewareStack.remove(middleware.requests);
  };
}

function counted(failing: readonly FailingCall[]): (name: unknown) => RequestFault | undefined {
  const counts = new Map<string, number>();
  return (commandName) => {
    const operation = String(commandName).replace(/Command$/, '');
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    return failing.find((call) => call.operation === operation && call.nth.includes(nth))?.fault;
  };
}

/** Per table: puts and deletes in a list (BatchWriteItem), or keys in an object (BatchGetItem). */
type PerTable = Record<string, unknown[] | { Keys?: unknown[] | undefined }>;

/** `left` gets the last items, over all tables. */
function divided(all: PerTable, leftItems: number): { taken: PerTable; left: PerTable } {
  const items = Object.entries(all).flatMap(([table, part]) =>
    (Array.isArray(part) ? part : (part.Keys ?? [])).map((item) => ({ table, item })),
  );
  const chosen = (some: typeof items): PerTable => {
    const result: PerTable = {};
    for (const [table, part] of Object.entries(all)) {
      const own = some.filter((entry) => entry.table === table).map(({ item }) => item);
      if (own.length > 0) result[table] = Array.isArray(part) ? own : { ...part, Keys: own };
    }
    return result;
  };
  const border = Math.max(0, items.length - leftItems);
  return { taken: chosen(items.slice(0, border)), left: chosen(items.slice(border)) };
}
