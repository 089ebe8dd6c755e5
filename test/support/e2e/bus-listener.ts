import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { emulatorClient } from '../../../scripts/local/emulator-client.ts';
import { localPaths } from '../../../scripts/local/paths.ts';
import { stackUnderTest } from './api.ts';
import { uniqueId } from './people.ts';
import type { Person } from './people.ts';

const detailSchema = z.object({
  id: z.string(),
  type: z.string(),
  at: z.string(),
  audience: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
});

/** An event as a consumer on the bus gets it. */
export type BusEvent = z.output<typeof detailSchema>;

export interface BusListener {
  /**
   * All events of these types so far that concern one of these people, each once, in the order of
   * their time; those of one moment by their type.
   */
  heard: (...people: Person[]) => Promise<BusEvent[]>;
}

/** A consumer of one's own, as a deployer would add it: a rule on the bus and a queue behind it. */
export async function listenToBus(types: readonly string[]): Promise<BusListener> {
  const stack = await stackUnderTest();
  const events = emulatorClient(EventBridgeClient, stack);
  const queues = emulatorClient(SQSClient, stack);
  const name = uniqueId('listener');
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const rule = { Name: name, EventBusName: await busName() };
  const EventPattern = JSON.stringify({ source: ['sequitur'], 'detail-type': types });
  await events.send(new PutRuleCommand({ ...rule, EventPattern }));
  await events.send(
    new PutTargetsCommand({
      Rule: name,
      EventBusName: rule.EventBusName,
      Targets: [{ Id: 'queue', Arn: Attributes?.['QueueArn'] }],
    }),
  );

  const all = new Map<string, BusEvent>();
  const receive = async () => {
    for (;;) {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      for (const { Body, ReceiptHandle } of Messages) {
        const event = detailOf(Body ?? '');
        all.set(event.id, event);
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
  return {
    async heard(...people) {
      await receive();
      const refs = new Set(people.map(({ ref }) => ref));
      return [...all.values()]
        .filter(({ audience }) => audience.some((ref) => refs.has(ref)))
        .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    },
  };
}

function order({ at, type }: BusEvent): string {
  return `${at} ${type}`;
}

function detailOf(text: string): BusEvent {
  const { detail, ...envelope } = z
    .object({ 'detail-type': z.string(), detail: detailSchema })
    .parse(JSON.parse(text));
  if (envelope['detail-type'] !== detail.type) throw new Error('the event has two types');
  return detail;
}

const outputsSchema = z.record(z.string(), z.object({ BusArn: z.string().optional() }));

/** The application’s bus. */
export async function busName(): Promise<string> {
  const text = await readFile(join(localPaths().directory, 'outputs.json'), 'utf8');
  const outputs = Object.values(outputsSchema.parse(JSON.parse(text)));
  const name = outputs.find(({ BusArn }) => BusArn !== undefined)?.BusArn?.split('/')[1];
  if (name === undefined) throw new Error('the core stack does not tell its bus');
  return name;
}
