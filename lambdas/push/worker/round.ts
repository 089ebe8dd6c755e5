import type { Connection } from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import type { RoundParts, Sending } from './rounds.ts';
import type { Item, Shipment } from './shipment.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Attempts in which files share a connection at the same time; then none can spoil it for others. */
const sharedAttempts = 2;

/** Bytes that are sent at the same time: a larger file has the connection to itself, and all its speed. */
const mostBytesAtOnce = 16 * 1024 ** 2;

/** Files that a server may stall on, one after the other, before it counts as dead for an attempt. */
const mostStalls = 2;

interface RoundState {
  /** Why nothing more of the round can be sent. */
  dead: { error: unknown; sinceMs: number } | undefined;
  /** Files in a row on which the server fell silent. */
  stalls: number;
  /** The connection may be lost, and cannot tell. */
  isDoubted: boolean;
}

/**
 * One attempt: the files of shipments that are not there yet, in their order. A connection that is lost
 * is made anew for the next file; without one, all that is left has failed.
 *
 * @param whole told of each shipment that has all its files now
 * @throws why the lane was lost
 */
export async function sendRound(
  { settings, now }: Pick<RoundParts, 'settings' | 'now'>,
  { target, kept, lost, late, attempt }: Sending & { attempt: number },
  shipments: readonly Shipment[],
  whole: (shipment: Shipment) => void,
): Promise<void> {
  const signal = AbortSignal.any([lost, late]);
  const tasks = shipments.flatMap((shipment) =>
    shipment.waiting.map((item) => ({ shipment, item })),
  );
  const state: RoundState = { dead: undefined, stalls: 0, isDoubted: false };

  while (tasks.length > 0 && state.dead === undefined && !late.aborted) await overOneConnection();
  if (state.dead !== undefined) failAll(state.dead);
  if (state.isDoubted) await kept.drop();
  for (const shipment of shipments) shipment.endAttempt(now());

  async function overOneConnection(): Promise<void> {
    const sinceMs = now();
    let connection: Connection;
    try {
      connection = await kept.to(target, signal);
    } catch (error) {
      lost.throwIfAborted();
      // For want of time nothing was tried; of anything else all have failed.
      if (!late.aborted) state.dead = { error, sinceMs };
      return;
    }
    await putAll(connection, attempt <= sharedAttempts ? (connection.parallel ?? 1) : 1);
    lost.throwIfAborted();
  }

  async function putAll(connection: Connection, mostAtOnce: number): Promise<void> {
    const underWay = new Set<Promise<void>>();
    let bytes = 0;
    const begin = ({ shipment, item }: (typeof tasks)[number]): void => {
      bytes += item.file.size;
      const putting = put(connection, shipment, item).finally(() => {
        bytes -= item.file.size;
        underWay.delete(putting);
      });
      underWay.add(putting);
    };
    const hasRoom = (size: number): boolean =>
      underWay.size === 0 || (underWay.size < mostAtOnce && bytes + size <= mostBytesAtOnce);
    // Lost or not, a new connection costs a file its attempt: one that never holds comes to an end.
    do {
      for (let [next] = tasks; next !== undefined && hasRoom(next.item.file.size); [next] = tasks) {
        tasks.shift();
        begin(next);
      }
      await Promise.race(underWay);
    } while (
      (tasks.length > 0 || underWay.size > 0) &&
      state.dead === undefined &&
      !signal.aborted &&
      connection.usable?.() !== false
    );
    await Promise.all(underWay);
  }

  async function put(connection: Connection, shipment: Shipment, item: Item): Promise<void> {
    const sinceMs = now();
    shipment.begin(sinceMs);
    try {
      await unlessAborted(connection.put(item.file), signal);
    } catch (error) {
      if (lost.aborted) return;
      if (late.aborted) shipment.cut(item, error, now());
      else failed(connection, { shipment, item, error, sinceMs });
      return;
    }
    state.stalls = 0;
    shipment.arrived(item, now());
    const marker = shipment.dueMarker;
    if (marker !== undefined) tasks.unshift({ shipment, item: marker });
    if (!shipment.isWhole) return;
    shipment.endAttempt(now());
    whole(shipment);
  }

  function failed(
    connection: Connection,
    what: { shipment: Shipment; item: Item; error: unknown; sinceMs: number },
  ): void {
    const { shipment, item, error, sinceMs } = what;
    shipment.failed(item, error, now());
    if (error instanceof PermanentError) return;
    if (connection.usable === undefined) state.isDoubted = true;
    const isStall = now() - sinceMs >= settings.timeoutSeconds * 1_000;
    state.stalls = isStall ? state.stalls + 1 : 0;
    if (state.stalls >= mostStalls) state.dead = { error, sinceMs };
  }

  function failAll({ error, sinceMs }: { error: unknown; sinceMs: number }): void {
    for (const { shipment, item } of tasks.splice(0)) {
      shipment.begin(sinceMs);
      shipment.failed(item, error, now());
    }
  }
}
