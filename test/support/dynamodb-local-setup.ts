import { startDynamoDbLocal } from '../../scripts/local/dynamodb-local.ts';
import type { DynamoDbLocal } from '../../scripts/local/dynamodb-local.ts';
import { describeError } from '../../scripts/local/start-error.ts';

/** How test files learn where DynamoDB Local is, or why there is none. */
export const endpointVariable = 'SEQUITUR_TEST_DYNAMODB';
export const failureVariable = 'SEQUITUR_TEST_DYNAMODB_FAILURE';

let running: DynamoDbLocal | undefined;

/**
 * Starts the DynamoDB Local that all contract tests of a run share; each file makes its own table in
 * it. Where it cannot run, only the tests that need it fail, with the remedy.
 */
export default async function startSharedDynamoDbLocal(): Promise<void> {
  try {
    running = await startDynamoDbLocal(undefined, (progress) =>
      process.stderr.write(`${progress}\n`),
    );
    process.env[endpointVariable] = running.endpoint;
  } catch (error) {
    process.env[failureVariable] = describeError(error);
  }
}

export async function stopSharedDynamoDbLocal(): Promise<void> {
  await running?.stop();
  running = undefined;
}
