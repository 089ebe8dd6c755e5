import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { upkeep } from '../../lambdas/convos/upkeep.ts';
import { answered } from '../answered.ts';
import { convosApi, convosParts } from '../convos.ts';
import { converse } from '../letters.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newResource, subOf } from '../sample.ts';
import type { CapacityMeter, Consumption } from './capacity-meter.ts';
import { consumption } from './consumption.ts';

/** Messages of the thread that is deleted. */
const messages = 20;

/** Consumption of deleting a thread, and of the jobs that remove what it held. */
export async function deletionCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const parts = convosParts(client);
  const api = convosApi(parts);
  const [one, other] = [newResource(), newResource()];
  const sent = await converse(api, [one, other], messages);
  const [{ thread, threadId }] = sent;
  const upTo = sent.at(-1)?.ulid ?? thread;

  /** One of the two deletes the thread; what follows is what the relay makes of the changes. */
  const leave = async (owner: string, left: string) => {
    const request = { method: 'DELETE', url: `/v1/threads/${threadId}`, sub: subOf(owner) };
    const copies = sent.map(({ ulid }) => ({ thread, ulid, other: left }));
    return {
      deleting: await meter.measure(() => answered(api, 204, request)),
      clearing: await meter.measure(() => upkeep(parts, { kind: 'clear', owner, thread, upTo })),
      releasing: await meter.measure(() => upkeep(parts, { kind: 'release', copies })),
    };
  };
  const first = await leave(one, other);
  const last = await leave(other, one);
  const many = `${String(messages)} messages`;

  return [
    ...consumption('delete a thread', first.deleting),
    ...consumption(`removal of ${many} of a deleted thread`, first.clearing),
    ...consumption(`release of ${many} that the other participant keeps`, first.releasing),
    ...consumption(`release of ${many} that neither keeps`, last.releasing),
    result(
      'thread deleted by one participant, for each message: WRU',
      perMessage(first.clearing, first.releasing),
      'WRU',
    ),
    result(
      'thread deleted by the other one too, for each message: WRU',
      perMessage(last.clearing, last.releasing),
      'WRU',
    ),
  ];
}

function perMessage(...jobs: readonly Consumption[]): number {
  return jobs.reduce((sum, { writes }) => sum + writes, 0) / messages;
}
