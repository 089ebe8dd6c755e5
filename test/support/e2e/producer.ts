import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { emulatorClient } from '../../../scripts/local/emulator-client.ts';
import { stackUnderTest } from './api.ts';
import { busName } from './bus-listener.ts';
import { uniqueId } from './people.ts';

/** Entries of one PutEvents call (AWS's limit). */
const entriesPerCall = 10;

/** An event as a system of the deployer's own puts it on the bus; what is absent is as good as any. */
export interface Produced {
  source?: string;
  type?: string;
  data?: unknown;
  audience?: readonly string[];
  /** `null`: it has none, and EventBridge's is taken. */
  id?: string | null;
  /** EventBridge's time when absent; who repeats an event repeats it. */
  at?: string;
}

/**
 * Puts events on the bus as an AWS service or a system beside the API does.
 * @returns their ids, EventBridge's where they have none of their own
 */
export async function produce(events: readonly Produced[]): Promise<string[]> {
  const client = emulatorClient(EventBridgeClient, await stackUnderTest());
  const EventBusName = await busName();
  const ids: string[] = [];
  for (let start = 0; start < events.length; start += entriesPerCall) {
    const some = events.slice(start, start + entriesPerCall).map((event) => ({
      ...event,
      id: event.id === null ? undefined : (event.id ?? uniqueId('produced')),
    }));
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: some.map(({ source = 'e2e.newsroom', type, data, audience, id, at }) => ({
          EventBusName,
          Source: source,
          DetailType: type ?? 'article.published',
          Detail: JSON.stringify({ data: data ?? example, audience, id, at }),
        })),
      }),
    );
    ids.push(...some.map(({ id }, index) => id ?? Entries[index]?.EventId ?? ''));
  }
  return ids;
}

const example = { article: 'article:welcome', title: 'Welcome' };
