import { moveAside } from './move-aside.ts';
import { isMissing, mayBeInItsWay } from './sftp-failure.ts';
import type { SftpSession } from './sftp-session.ts';

/** Deletes a file; one that is not there too. */
export async function remove(session: SftpSession, path: string): Promise<void> {
  try {
    await session.request<void>((sftp, answer) => sftp.unlink(path, answer));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Gives a file its final name, in place of what may be there. With OpenSSH's extension that is one step.
 * Version 3's own rename refuses to overwrite, and has no word of its own for that.
 */
export async function moveOver(session: SftpSession, from: string, to: string): Promise<void> {
  try {
    await session.request<void>((sftp, answer) => sftp.ext_openssh_rename(from, to, answer));
    return;
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
  const names = {
    rename: (before: string, after: string) =>
      session.request<void>((sftp, answer) => sftp.rename(before, after, answer)),
    remove: (path: string) => remove(session, path),
  };
  try {
    await names.rename(from, to);
  } catch (error) {
    if (!mayBeInItsWay(error)) throw error;
    await moveAside(names, { from, to, refusal: error });
  }
}

/** The library throws when the server never announced the extension; status 8 is the server's own word. */
function isUnsupported(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error) return error.code === 8;
  return /does not support/.test(error.message);
}
