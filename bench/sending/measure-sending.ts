import type { SendWrite } from '../../lambdas/convos/convo-store.ts';
import type { HttpHandler } from '../../lambdas/shared/http/api-handler.ts';
import { convosApi, convosParts } from '../convos.ts';
import { atOnce } from '../fan-out/at-once.ts';
import { converse, reply, write } from '../letters.ts';
import type { LocalTables } from '../local-tables.ts';
import { median } from '../quantile.ts';
import { comparison } from '../result.ts';
import type { Result } from '../result.ts';
import { newResource } from '../sample.ts';
import { bareSend, planningParts } from './planned-sends.ts';

/** Messages of a round, no two of them to the same user or in the same thread. */
const messages = 200;

/** Rounds of each, by turns, so that what else the machine does meets all alike. */
const rounds = 5;

const sendsAtOnce = 10;

/** One message through the API. */
type Send = (api: HttpHandler) => Promise<void>;

/** Messages per second of the API, against the same transactions with nothing else. */
export async function measureSending(local: LocalTables): Promise<Result[]> {
  const client = local.client();
  const parts = convosParts(client);
  const api = convosApi(parts);
  const plan = async (sends: readonly Send[]): Promise<SendWrite[]> => {
    const { parts: planning, planned } = planningParts(parts);
    const planner = convosApi(planning);
    await atOnce(sends, sendsAtOnce, (send) => send(planner));
    return planned;
  };
  const compare = async (name: string, sends: () => readonly Send[]): Promise<Result> => {
    const [ofApi, ofLoop]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const planned = await plan(sends());
      ofLoop.push(await perSecond(planned, (one) => bareSend(client, one)));
      ofApi.push(await perSecond(sends(), (send) => send(api)));
    }
    return comparison(`${name} through the API, against a bare loop of the same transactions`, {
      value: median(ofApi),
      peer: median(ofLoop),
      unit: 'messages/s',
    });
  };
  // Making the threads that are replied in also warms up what is timed.
  const replies = await repliesInThreads(api);
  return [await compare('threads started', newThreads), await compare('replies', () => replies)];
}

function newThreads(): Send[] {
  return Array.from({ length: messages }, () => {
    const [from, to] = [newResource(), newResource()];
    return async (api) => {
      await write(api, { from, to });
    };
  });
}

/** In threads with messages both ways. */
async function repliesInThreads(setUp: HttpHandler): Promise<Send[]> {
  const replies: Send[] = [];
  await atOnce(Array.from({ length: messages }), sendsAtOnce, async () => {
    const from = newResource();
    const [{ threadId }] = await converse(setUp, [from, newResource()], 2);
    replies.push(async (api) => {
      await reply(api, { from, threadId });
    });
  });
  return replies;
}

async function perSecond<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<number> {
  const started = performance.now();
  await atOnce(items, sendsAtOnce, work);
  return (items.length / (performance.now() - started)) * 1000;
}
