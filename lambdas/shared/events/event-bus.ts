import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { clientSettings, tellErrorsApart } from '../aws-client.ts';
import type { DomainEvent } from './domain-event.ts';

/** What became of an effect that was sent on: done, refused for a passing reason, or refused for good. */
export type Delivery = 'done' | 'retry' | { refused: string };

/** Where events go. Answers one outcome for each event, in order. */
export interface EventBus {
  publish(events: readonly DomainEvent[]): Promise<Delivery[]>;
}

/** `source` of every event of this application on the bus. */
export const eventSource = 'sequitur';

/** Entries of one PutEvents call (AWS's limit); an event has at most a few KB, so 256 KB hold ten. */
const entriesPerCall = 10;

/** Error codes of single entries that a later try can overcome. */
const passing = new Set(['InternalFailure', 'InternalException', 'ThrottlingException']);

export function eventBridgeBus(busName: string, client = newEventBridgeClient()): EventBus {
  return {
    async publish(events) {
      const outcomes: Delivery[] = [];
      for (let start = 0; start < events.length; start += entriesPerCall) {
        const part = events.slice(start, start + entriesPerCall);
        const { Entries = [] } = await client.send(
          new PutEventsCommand({
            Entries: part.map((event) => ({
              EventBusName: busName,
              Source: eventSource,
              DetailType: event.type,
              Detail: JSON.stringify(event),
              Resources: [],
              Time: new Date(event.at),
            })),
          }),
        );
        for (const { ErrorCode, ErrorMessage } of Entries) {
          if (ErrorCode === undefined) outcomes.push('done');
          else if (passing.has(ErrorCode)) outcomes.push('retry');
          else outcomes.push({ refused: `${ErrorCode}: ${ErrorMessage ?? ''}` });
        }
      }
      return outcomes;
    },
  };
}

function newEventBridgeClient(): EventBridgeClient {
  const client = new EventBridgeClient(clientSettings);
  tellErrorsApart(client);
  return client;
}
