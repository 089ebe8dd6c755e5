import { keys } from '../../lambdas/convos/contract.ts';
import type { UpkeepJob } from '../../lambdas/convos/contract.ts';
import { sideRow } from '../../lambdas/convos/convo-rows.ts';
import { excerptOf } from '../../lambdas/convos/message-text.ts';
import { emptySide, withMessage } from '../../lambdas/convos/thread-side.ts';
import { randomUlid } from '../../lambdas/shared/identifier.ts';
import { streamRecords } from '../../test/support/dynamodb-stream-record.ts';
import { newLetter, newResource } from '../sample.ts';
import { pushSamples } from './push-samples.ts';
import { get, jobMessage, records } from './sample-call.ts';
import type { Samples } from './sample-call.ts';
import { webhookSamples } from './webhook-samples.ts';

/** By the name of the function. */
export const samples: Readonly<Record<string, Samples>> = {
  CoreApi: { withoutIo: get('/v1/health', 200) },
  FollowsApi: {
    withoutIo: get('/v1/resources/nobody:1/counts', 400),
    fromTable: get(`/v1/resources/${newResource()}/counts`, 200),
  },
  TimelinesApi: {
    withoutIo: get('/v1/resources/nobody:1/timelines/public', 400),
    fromTable: get(`/v1/resources/${newResource()}/timelines/public`, 200),
  },
  ConvosApi: {
    withoutIo: get('/v1/threads?folder=trash', 400),
    fromTable: get('/v1/convos/unread-count', 200),
  },
  ConvosRelay: { withoutIo: records(sideThatGotAMessage(), 0) },
  ConvosUpkeep: { fromTable: records([jobMessage(clearingOfNothing())], 0) },
  ...webhookSamples,
  ...pushSamples,
};

/** A change that no event follows from: those need a bus. */
function sideThatGotAMessage(): unknown[] {
  const [owner, other] = [newResource(), newResource()];
  const [thread, ulid] = [randomUlid(Date.now()), randomUlid(Date.now())];
  const { subject, body } = newLetter();
  const before = emptySide({ owner, other, thread, subject, last: thread });
  const copy = { owner, other, thread, ulid, isSent: false, excerpt: excerptOf(body), bytes: 500 };
  const after = withMessage(before, copy);
  return streamRecords([
    {
      keys: keys.side(owner, thread),
      before: sideRow(before),
      after: sideRow(after),
      atMs: Date.now(),
    },
  ]);
}

function clearingOfNothing(): UpkeepJob {
  const thread = randomUlid(Date.now());
  return { kind: 'clear', owner: newResource(), thread, upTo: thread };
}
