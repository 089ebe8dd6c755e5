import * as z from 'zod';

export const readOperations: readonly string[] = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'TransactGetItems',
];

const consistency = z.object({ ConsistentRead: z.boolean().default(false) });
const batch = z.object({
  RequestItems: z.record(z.string(), consistency.extend({ Keys: z.array(z.unknown()) })),
});
const transaction = z.object({ TransactItems: z.array(z.unknown()) });
const batchAnswer = z.object({ Responses: z.record(z.string(), z.array(z.unknown())) });

/**
 * Read request units of a request: what the service reports, and what it leaves out when run locally:
 * an item that is not there, and a query that finds nothing, cost as much as the smallest one does.
 * (DynamoDB developer guide, "Read and write operations".)
 */
export function readUnits(
  operation: string,
  { input, output, reported }: { input: unknown; output: unknown; reported: number },
): number {
  if (operation === 'TransactGetItems') {
    // Two for each item and each 4 KB of it, also where there is none.
    return Math.max(reported, 2 * transaction.parse(input).TransactItems.length);
  }
  if (operation !== 'BatchGetItem') return Math.max(reported, unitsOfOne(input));
  const { Responses } = batchAnswer.parse(output);
  return Object.entries(batch.parse(input).RequestItems).reduce(
    (sum, [table, wanted]) =>
      sum + (wanted.Keys.length - (Responses[table]?.length ?? 0)) * unitsOfOne(wanted),
    reported,
  );
}

function unitsOfOne(request: unknown): number {
  return consistency.parse(request).ConsistentRead ? 1 : 0.5;
}
