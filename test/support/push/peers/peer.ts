import type { Credentials } from '../../../../lambdas/shared/define/push-sender.ts';

/** A server to send to, with a folder of its own. */
export interface Peer {
  /** URL of the login folder, without a slash at its end. */
  url: string;
  credentials: Credentials;
  hostKeys: readonly string[];
  /** PEM of the authority of its certificate. */
  ca?: string;
  /** The login folder on this machine. */
  files: string;
  stop: () => Promise<void>;
}
