import { StartError } from '../../scripts/local/start-error.ts';
import { startOpenSsh } from '../../test/support/push/peers/openssh.ts';
import type { OpenSshPeer } from '../../test/support/push/peers/openssh.ts';

/** Measures something with OpenSSH's server. @returns nothing, and says why, when it cannot be had */
export async function withOpenSsh<T>(
  report: (progress: string) => void,
  measure: (server: OpenSshPeer) => Promise<T>,
): Promise<T | undefined> {
  let server: OpenSshPeer;
  try {
    server = await startOpenSsh();
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

/** Of OpenSSH the server could not be had, or the programs of its client are not there. */
function isMissing(error: unknown): error is Error {
  if (error instanceof StartError) return true;
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
