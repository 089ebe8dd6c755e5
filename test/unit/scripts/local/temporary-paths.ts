import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPaths, type LocalPaths } from '../../../../scripts/local/paths.ts';

/** The paths of a stack in a folder of its own, for one test; the folder goes afterwards. */
export async function withTemporaryPaths<Result>(
  run: (paths: LocalPaths) => Promise<Result>,
): Promise<Result> {
  const root = await mkdtemp(join(tmpdir(), 'sequitur-test-'));
  try {
    return await run(localPaths({}, root));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
