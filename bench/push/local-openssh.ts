import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { StartError } from '../../scripts/local/start-error.ts';
import { startOpenSsh } from '../../test/support/push/peers/openssh.ts';
import type { OpenSshPeer } from '../../test/support/push/peers/openssh.ts';

/** A folder in memory, where a system has one (Linux). */
const memory = '/dev/shm';

/**
 * Measures something with OpenSSH's server.
 *
 * @param options.inMemory what it gets goes to memory, where that can be: a disk would be what is measured
 * @returns nothing, and says why, when it cannot be had
 */
export async function withOpenSsh<T>(
  { report, inMemory }: { report: (progress: string) => void; inMemory: boolean },
  measure: (server: OpenSshPeer) => Promise<T>,
): Promise<T | undefined> {
  let server: OpenSshPeer;
  try {
    server = inMemory && (await isWritable(memory)) ? await startIn(memory) : await startOpenSsh();
  } catch (error) {
    if (!isMissing(error)) throw error;
    report(`not measured: ${error.message}`);
    return undefined;
  }
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Its folder is in that of temporary files, which is another one meanwhile. */
async function startIn(folder: string): Promise<OpenSshPeer> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    return await startOpenSsh();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/** Of OpenSSH the server could not be had, or the programs of its client are not there. */
function isMissing(error: unknown): error is Error {
  if (error instanceof StartError) return true;
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
