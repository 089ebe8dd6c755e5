import { throughJson } from './lambda-context.ts';

/** What a function's answer says about its batch. */
export type BatchReport =
  | { failed: 'none' }
  | { failed: 'all' }
  /** These of the batch, by message id or sequence number. */
  | { failed: 'some'; identifiers: string[] };

/**
 * Reads the answer of a function whose mapping has ReportBatchItemFailures.
 *
 * Success: an empty or null `batchItemFailures`, an empty or null response. Failure of the whole
 * batch: an empty or null `itemIdentifier`, one under another key, a message id that is not in the
 * batch, no JSON. (Lambda developer guide, "Success and failure conditions", on the pages about partial
 * batch responses for SQS and for DynamoDB. The one for DynamoDB is silent about unknown sequence
 * numbers; they are treated as SQS's ids are, because there is no place to retry from.)
 *
 * An object without the list is an empty response, however wrong the rest: so a misspelt
 * `batchItemFailures` loses the records.
 */
export function readBatchResponse(response: unknown, known: ReadonlySet<string>): BatchReport {
  let answer: unknown;
  try {
    answer = throughJson(response);
  } catch {
    return { failed: 'all' };
  }
  if (answer === null) return { failed: 'none' };
  if (!isObject(answer)) return { failed: 'all' };

  const failures = answer['batchItemFailures'] ?? [];
  if (!Array.isArray(failures)) return { failed: 'all' };
  const identifiers: string[] = [];
  for (const failure of failures) {
    const identifier: unknown = isObject(failure) ? failure['itemIdentifier'] : undefined;
    if (typeof identifier !== 'string' || !known.has(identifier)) return { failed: 'all' };
    identifiers.push(identifier);
  }
  return identifiers.length === 0 ? { failed: 'none' } : { failed: 'some', identifiers };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
