import type { Connection } from '../../shared/define/push-sender.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';
import type { Connector } from '../send/connector.ts';
import { unlessAborted } from './unless-aborted.ts';

/** The one connection that a lane is good for, kept while it serves. */
export interface KeptConnection {
  /** The connection to a target, which is made when there is none; one to another target is closed. */
  to(target: PushTarget, signal: AbortSignal): Promise<Connection>;
  /** Closes it, so that the next one is new. Never throws. */
  drop(): Promise<void>;
}

export function keptConnection(connector: Connector): KeptConnection {
  let open: { target: string; connection: Connection } | undefined;
  const drop = async (): Promise<void> => {
    const { connection } = open ?? {};
    open = undefined;
    await connection?.close();
  };
  return {
    drop,
    async to(target, signal) {
      if (open?.target === target.name && open.connection.usable?.() !== false) {
        return open.connection;
      }
      await drop();
      const connecting = connector.connect(target, signal);
      try {
        const connection = await unlessAborted(connecting, signal);
        open = { target: target.name, connection };
        return connection;
      } catch (error) {
        // A sender that does not heed the signal may still connect.
        connecting.then((late) => late.close()).catch(() => undefined);
        throw error;
      }
    },
  };
}
