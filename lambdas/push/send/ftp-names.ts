import { FTPError, type Client } from 'basic-ftp';
import { moveAside } from './move-aside.ts';

/** Deletes a file; one that is not there too. FTP has one code (550) for that and for other refusals. */
export async function remove(client: Client, path: string): Promise<void> {
  await client.sendIgnoringError(`DELE ${path}`);
}

/** Gives a file its final name, in place of what may be there. Most servers overwrite it, some refuse. */
export async function moveOver(client: Client, from: string, to: string): Promise<void> {
  const names = {
    rename: (before: string, after: string) => client.rename(before, after),
    remove: (path: string) => remove(client, path),
  };
  try {
    await names.rename(from, to);
  } catch (error) {
    if (!(error instanceof FTPError)) throw error;
    await moveAside(names, { from, to, refusal: error });
  }
}

/** @throws when the server can't tell (RFC 3659's SIZE, which servers have) */
export async function sizeOf(client: Client, path: string): Promise<number> {
  try {
    return await client.size(path);
  } catch (error) {
    if (!(error instanceof FTPError)) throw error;
    throw new Error(`the size of '${path}' after its upload is unknown: ${error.message}`, {
      cause: error,
    });
  }
}
