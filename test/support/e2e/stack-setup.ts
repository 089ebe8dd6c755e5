import { localPaths } from '../../../scripts/local/paths.ts';
import { startHeldStack } from '../../../scripts/ci/held-stack.ts';
import type { HeldStack } from '../../../scripts/ci/held-stack.ts';
import { describeError } from '../../../scripts/local/start-error.ts';

let held: HeldStack | undefined;

/** Starts the stack that all end-to-end tests of a run share, with nothing in it but the sample. */
export default async function startSharedStack(): Promise<void> {
  // Inherited by the test files, whose tokens and clients find the stack by it.
  process.env['SEQUITUR_LOCAL_DIR'] = '.local/e2e';
  try {
    held = await startHeldStack(localPaths());
  } catch (error) {
    throw new Error(`No stack to test: ${describeError(error)}`, { cause: error });
  }
}

export async function stopSharedStack(): Promise<void> {
  await held?.end();
  held = undefined;
}
