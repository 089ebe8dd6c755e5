import { FTPError, type Client } from 'basic-ftp';

/** Deletes a file; one that is not there too. FTP has one code (550) for that and for other refusals. */
export async function remove(client: Client, path: string): Promise<void> {
  await client.sendIgnoringError(`DELE ${path}`);
}

/**
 * Gives a file its final name. Most servers overwrite what is there; of those that don't it is removed
 * first, and for that moment neither is there.
 */
export async function moveOver(client: Client, from: string, to: string): Promise<void> {
  try {
    await client.rename(from, to);
  } catch (error) {
    if (!(error instanceof FTPError)) throw error;
    const { code } = await client.sendIgnoringError(`DELE ${to}`);
    // It stood in no one's way: the refusal has another reason.
    if (code >= 400) throw error;
    await client.rename(from, to);
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
