import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localPaths } from '../../../scripts/local/paths.ts';
import type { Operation } from './openapi-check.ts';

/** All files of a run write to it, each a line for each answer. */
const record = () => join(localPaths().directory, 'exercised.txt');

export function noteExercised({ operationId }: Operation, status: number): void {
  appendFileSync(record(), `${operationId} ${status}\n`);
}

/** Documented successes that no test of the run has seen, as `operation status`. */
export function unexercised(operations: readonly Operation[]): string[] {
  const seen = new Set(readFileSync(record(), 'utf8').split('\n'));
  return operations
    .flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => status.startsWith('2'))
        .map((status) => `${operationId} ${status}`),
    )
    .filter((success) => !seen.has(success));
}
