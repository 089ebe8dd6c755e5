import { emulatorEngine } from './emulator.ts';
import type { RunRecord } from './run-record.ts';
import type { StackFile } from './stack-file.ts';

/**
 * What to tell the person who ended a run.
 * @param stack what the run offered; undefined when it had not brought up the application yet
 */
export function describeStop(
  run: Pick<RunRecord, 'engines'>,
  stack: Pick<StackFile, 'awsEndpoint'> | undefined,
): string {
  const hadEmulator = run.engines.some(({ name }) => name === emulatorEngine.name);
  if (hadEmulator || stack === undefined) return 'The local stack has ended; its data is kept.';
  return (
    `The token issuer has ended. The application still runs at ${stack.awsEndpoint}, ` +
    'which npm start did not start and npm stop does not end.'
  );
}
