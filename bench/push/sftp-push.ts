import { setTimeout as sleep } from 'node:timers/promises';
import type { ExportedFile, Outbox } from '../../lambdas/push/export/outbox.ts';
import type { Connector } from '../../lambdas/push/send/connector.ts';
import { shippedSenders } from '../../lambdas/push/send/shipped-senders.ts';
import { connector } from '../../lambdas/push/send/target-connector.ts';
import { pushSettings } from '../../lambdas/push/settings.ts';
import { keptConnection } from '../../lambdas/push/worker/kept-connection.ts';
import { sendRounds } from '../../lambdas/push/worker/rounds.ts';
import type { Sent } from '../../lambdas/push/worker/shipment.ts';
import type { PushTarget } from '../../lambdas/shared/define/push-target.ts';
import { systemClock } from '../../lambdas/shared/identifier.ts';
import type { Peer } from '../../test/support/push/peers/peer.ts';

const settings = pushSettings.parse({});

/** A server as a target of the configuration, in a folder of its login folder. */
export function targetOf({ url, hostKeys }: Pick<Peer, 'url' | 'hostKeys'>): PushTarget {
  return { name: 'peer', url: `${url}/pushed`, secret: 'peer', hostKeys };
}

/** Connects as the worker does, with the credentials of the one server there is. */
export function connectorTo({ credentials }: Pick<Peer, 'credentials'>): Connector {
  return connector({
    senders: shippedSenders,
    secrets: { read: () => Promise.resolve(JSON.stringify(credentials)) },
    readCa: () => Promise.reject(new Error('no target here has an authority of its own')),
    timeoutMs: settings.timeoutSeconds * 1_000,
    now: systemClock,
  });
}

/**
 * Sends files as the worker sends those of a mass run: connects, in rounds, disconnects.
 *
 * @throws Error unless all arrive at the first attempt
 */
export async function push(
  to: Connector,
  target: PushTarget,
  files: readonly ExportedFile[],
  { open }: Pick<Outbox, 'open'>,
): Promise<void> {
  const never = new AbortController().signal;
  const kept = keptConnection(to);
  const parts = {
    // Rounds put nothing there.
    outbox: { open, put: () => Promise.reject(new Error('the files are there')) },
    settings: { ...settings, maxAttempts: 1 },
    now: systemClock,
    pause: async (milliseconds: number) => sleep(milliseconds),
  };
  const parcel = { files, name: 'parcel', mark: 'bench1', earlierMarks: [] };
  const ended: Sent[] = [];
  try {
    await sendRounds(parts, { target, kept, lost: never, late: never }, [parcel], (_one, sent) => {
      ended.push(sent);
      return Promise.resolve();
    });
  } finally {
    await kept.drop();
  }
  const [sent] = ended;
  if (sent?.isWhole !== true) throw new Error(`not all was sent: ${String(sent?.lines.at(-1))}`);
}
