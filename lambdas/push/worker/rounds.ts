import type { PushTarget } from '../../shared/define/push-target.ts';
import type { KeptConnection } from './kept-connection.ts';
import { sendRound } from './round.ts';
import { Shipment } from './shipment.ts';
import type { Parcel, Sent } from './shipment.ts';
import type { WorkParts } from './work-parts.ts';

export type RoundParts = Pick<WorkParts, 'outbox' | 'settings' | 'now' | 'pause'>;

/** Where parcels go, and what bounds that. */
export interface Sending {
  target: PushTarget;
  kept: KeptConnection;
  /** Comes when the lane is lost: all ends at once. */
  lost: AbortSignal;
  /** Comes when the time for sending is over: what it cuts off was no try. */
  late: AbortSignal;
  /**
   * Nothing was sent before: the first parcel has all the time that there can be, so it has failed when
   * that is not enough.
   */
  isFirst?: boolean;
}

/** The pause before the second attempt; each further one is twice as long. */
const firstPauseMs = 1_000;

/**
 * Sends parcels to a target in rounds, over one connection as long as it holds: in each round all that is
 * not there yet. A file that fails leaves the others alone; without a connection the attempt has failed
 * for all that wait.
 *
 * @param ended told of each parcel as soon as it is whole, or nothing more can be tried; all have been
 *   heard when this returns
 * @returns what has not been tried, or was broken off, for want of time
 * @throws why `lost` came; what `ended` throws
 */
export async function sendRounds<P extends Parcel>(
  parts: RoundParts,
  sending: Sending,
  parcels: readonly P[],
  ended: (parcel: P, sent: Sent) => Promise<void>,
): Promise<P[]> {
  const { settings, pause, outbox } = parts;
  const { target, lost, late } = sending;
  const heard: Promise<unknown>[] = [];
  const [first] = parcels;
  let open = parcels.map((parcel) => ({
    parcel,
    shipment: new Shipment(parcel, target, outbox),
  }));
  const end = (shipment: Shipment) => {
    const one = open.find((each) => each.shipment === shipment);
    if (one === undefined) return;
    open = open.filter((each) => each !== one);
    heard.push(settled(ended(one.parcel, shipment.sent)));
  };
  for (let attempt = 1; attempt <= settings.maxAttempts && open.length > 0; attempt++) {
    if (attempt > 1) {
      await pause(firstPauseMs * 2 ** (attempt - 2), AbortSignal.any([lost, late]));
      lost.throwIfAborted();
    }
    if (late.aborted) break;
    // What has not had its turn, for a server that stalled, comes first.
    const inTurn = open.toSorted(
      (one, other) => Number(one.shipment.wasTried) - Number(other.shipment.wasTried),
    );
    const shipments = inTurn.map(({ shipment }) => shipment);
    await sendRound(parts, { ...sending, attempt }, shipments, end);
    for (const shipment of shipments) {
      if (attempt === settings.maxAttempts || shipment.waiting.length === 0) end(shipment);
    }
  }
  const isOver = ({ parcel, shipment }: (typeof open)[number]) =>
    shipment.wasTried ||
    (sending.isFirst === true && parcel === first && shipment.sent.lines.length > 0);
  for (const { shipment } of open.filter(isOver)) end(shipment);
  for (const outcome of await Promise.all(heard)) {
    if (outcome instanceof Error) throw outcome;
  }
  return open.map(({ parcel }) => parcel);
}

/** Fulfilled in any case, so that nothing fails unheard while others are under way. */
async function settled(work: Promise<void>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
