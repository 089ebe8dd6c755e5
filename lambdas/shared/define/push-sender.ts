import type { Readable } from 'node:stream';

/** What a server asks for; from the target's secret. */
export interface Credentials {
  user?: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
}

/** Where a connection goes. */
export interface Destination {
  /** Of the target, with its path and without credentials. */
  url: URL;
  credentials: Credentials;
  /** Fingerprints that the host's key may have. */
  hostKeys: readonly string[];
  /** PEM, in place of the authorities that Node.js trusts. */
  ca?: string;
  /** A file appears under its name only when it is whole. */
  atomic: boolean;
  /** Silence after which a server counts as dead. */
  timeoutMs: number;
  /** Ends all that is under way. */
  signal: AbortSignal;
}

/** A file on its way. */
export interface OutgoingFile {
  /** Relative to the target's folder, with `/` between levels. */
  path: string;
  /** Bytes. */
  size: number;
  /** Its bytes from the beginning, each time anew. */
  open: () => Promise<Readable>;
  /** Makes temporary names differ, of letters and digits: of this push and this try. */
  mark: string;
  /** Marks of earlier tries whose temporary files may still lie there. */
  earlierMarks: readonly string[];
}

/** A connection to a server, for many files. */
export interface Connection {
  /** How many files may be under way on it at the same time. @default 1 */
  parallel?: number;
  /** False once it is lost: what comes now needs a new one. @default true */
  usable?: () => boolean;
  /**
   * Brings a file to its place, its folders too, and makes sure that it is there whole. A retry is safe.
   *
   * @throws PermanentError when no retry can help; anything else is tried again
   */
  put: (file: OutgoingFile) => Promise<void>;
  /** Never throws. */
  close: () => Promise<void>;
}

/** How files get to servers of a scheme. */
export interface PushSender {
  /** Of URLs, without the colon: `sftp`. */
  scheme: string;
  /** @throws PermanentError when no retry can help: a wrong password, an unknown host key */
  connect: (destination: Destination) => Promise<Connection>;
}

/** Declares a sender of your own, in `config/push-senders.ts`. */
export function definePushSender(sender: PushSender): PushSender {
  return sender;
}
