import {
  definePushSender,
  type Connection,
  type Destination,
  type OutgoingFile,
} from '../../shared/define/push-sender.ts';
import { inWords } from './failure-words.ts';
import { remotePlace, type RemotePlace } from './remote-place.ts';
import { openSftp } from './sftp-connect.ts';
import { isMissing, sftpFailure } from './sftp-failure.ts';
import { SftpFolders } from './sftp-folders.ts';
import type { SftpSession } from './sftp-session.ts';
import { moveOver, remove } from './sftp-names.ts';
import { uploadTo } from './sftp-upload.ts';

/**
 * Files under way at the same time on a connection: enough to keep it busy while small ones wait for
 * their answers.
 */
const parallel = 8;

/** SFTP (draft-ietf-secsh-filexfer-02), with OpenSSH's rename where the server has it. */
export const sftpSender = definePushSender({
  scheme: 'sftp',
  async connect(destination): Promise<Connection> {
    const session = await openSftp(destination);
    const folders = new SftpFolders(session);
    return {
      parallel,
      usable: () => session.usable,
      put: async (file) => {
        try {
          await put(session, folders, destination, file);
        } catch (error) {
          throw inWords(destination.url, sftpFailure(error));
        }
      },
      close: () => {
        session.close();
        return Promise.resolve();
      },
    };
  },
});

async function put(
  session: SftpSession,
  folders: SftpFolders,
  destination: Destination,
  file: OutgoingFile,
): Promise<void> {
  const place = remotePlace(destination.url, file);
  if (!destination.atomic) {
    await writeWhole(session, folders, destination, file, place, place.final);
    return;
  }
  await Promise.all(place.stale.map((each) => remove(session, each)));
  try {
    await writeWhole(session, folders, destination, file, place, place.temporary);
    await moveOver(session, place.temporary, place.final);
  } catch (error) {
    // Of a lost connection it stays: the next try writes it anew, or removes it by its mark.
    if (session.usable) await remove(session, place.temporary).catch(() => undefined);
    throw error;
  }
}

/** Writes a file and compares its size. Folders are only made when one is missing: mostly they are there. */
async function writeWhole(
  session: SftpSession,
  folders: SftpFolders,
  destination: Destination,
  file: OutgoingFile,
  place: RemotePlace,
  path: string,
): Promise<void> {
  const openIt = () => session.request<Buffer>((sftp, answer) => sftp.open(path, 'w', answer));
  const handle = await openIt().catch(async (error: unknown) => {
    if (!isMissing(error) || place.folders.length === 0) throw error;
    await folders.make(place.folders);
    return openIt();
  });
  if (handle === undefined) throw new Error('the server opened the file without a handle');
  const size = await uploadTo(session, handle, path, file, destination);
  if (size !== file.size) {
    throw new Error(
      `'${path}' has ${String(size)} bytes after its upload, not ${String(file.size)}`,
    );
  }
}
