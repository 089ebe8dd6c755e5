import type { Stats } from 'ssh2';
import type { SftpSession } from './sftp-session.ts';

/** Makes folders on an SFTP server, each once, however many files wait for it. */
export class SftpFolders {
  readonly #session: SftpSession;
  readonly #made = new Map<string, Promise<void>>();

  constructor(session: SftpSession) {
    this.#session = session;
  }

  /** @param folders each after the one it is in */
  async make(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      // oxlint-disable-next-line no-await-in-loop -- one is in the other
      await this.#once(folder);
    }
  }

  async #once(folder: string): Promise<void> {
    const making = this.#made.get(folder) ?? this.#makeOne(folder);
    this.#made.set(folder, making);
    try {
      await making;
    } catch (error) {
      this.#made.delete(folder);
      throw error;
    }
  }

  /** Version 3 has no status for what is there already, so a refusal means that only if it is there. */
  async #makeOne(folder: string): Promise<void> {
    try {
      await this.#session.request<void>((sftp, answer) => sftp.mkdir(folder, answer));
    } catch (error) {
      if (!this.#session.usable) throw error;
      const stats = await this.#session
        .request<Stats>((sftp, answer) => sftp.stat(folder, answer))
        .catch(() => undefined);
      if (stats?.isDirectory() !== true) throw error;
    }
  }
}
