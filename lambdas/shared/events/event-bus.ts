import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { clientSettings, tellErrorsApart } from '../aws-client.ts';
import { queueJson } from '../queue-json.ts';
import type { BusEvent, DomainEvent } from './domain-event.ts';

/** What became of an effect that was sent on: done, refused for a passing reason, or refused for good. */
export type Delivery = 'done' | 'retry' | { refused: string };

/** Where events go. Answers one outcome for each event, in order. */
export interface EventBus<Event extends BusEvent = DomainEvent> {
  publish(events: readonly Event[]): Promise<Delivery[]>;
}

/** `source` of every event of this application on the bus. */
export const eventSource = 'sequitur';

/** Entries of one PutEvents call (AWS's limit). */
const entriesPerCall = 10;

/** All entries of one PutEvents call together have to be smaller than this (AWS's limit). */
export const callBytes = 256 * 1024;

/** What AWS counts for an entry's `Time`. */
const timeBytes = 14;

/** Error codes of single entries that a later try can overcome. */
const passing = new Set(['InternalFailure', 'InternalException', 'ThrottlingException']);

interface Entry {
  event: BusEvent;
  detail: string;
  bytes: number;
}

/**
 * The bus of that name. An event that is too large for it is refused for good, and alone: in a call
 * with others it would fail them all, each time.
 */
export function eventBridgeBus(
  busName: string,
  client = newEventBridgeClient(),
): EventBus<BusEvent> {
  const put = async (entries: readonly Entry[]): Promise<Delivery[]> => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: entries.map(({ event, detail }) => ({
          EventBusName: busName,
          Source: eventSource,
          DetailType: event.type,
          Detail: detail,
          Resources: [],
          Time: new Date(event.at),
        })),
      }),
    );
    return Entries.map(({ ErrorCode, ErrorMessage }) => {
      if (ErrorCode === undefined) return 'done';
      if (passing.has(ErrorCode)) return 'retry';
      return { refused: `${ErrorCode}: ${ErrorMessage ?? ''}` };
    });
  };
  return {
    async publish(events) {
      const entries = events.map(entryOf);
      const outcomes = new Map<Entry, Delivery>();
      for (const call of calls(entries.filter(isSmallEnough))) {
        const delivered = await put(call);
        for (const [index, entry] of call.entries()) {
          outcomes.set(entry, delivered[index] ?? 'retry');
        }
      }
      return entries.map((entry) => outcomes.get(entry) ?? tooLarge(entry));
    },
  };
}

/** Whether the bus takes an event of this size: what can be left out of a larger one has to be. */
export function fitsBus(event: BusEvent): boolean {
  return isSmallEnough(entryOf(event));
}

/** An event with its size as AWS counts it: source, type and detail in UTF-8, and its time. */
function entryOf(event: BusEvent): Entry {
  const detail = queueJson(event);
  const texts = [eventSource, event.type, detail];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), timeBytes);
  return { event, detail, bytes };
}

function isSmallEnough({ bytes }: Entry): boolean {
  return bytes < callBytes;
}

function tooLarge({ bytes }: Entry): Delivery {
  return { refused: `the event has ${bytes} bytes, the bus takes less than ${callBytes}` };
}

/** Cuts entries into calls by both limits, in order. */
function* calls(entries: readonly Entry[]): Generator<Entry[]> {
  let call: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const isFull = call.length === entriesPerCall || bytes + entry.bytes >= callBytes;
    if (isFull && call.length > 0) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push(entry);
    bytes += entry.bytes;
  }
  if (call.length > 0) yield call;
}

function newEventBridgeClient(): EventBridgeClient {
  const client = new EventBridgeClient(clientSettings);
  tellErrorsApart(client);
  return client;
}
