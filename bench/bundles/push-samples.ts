import { contentItem } from '../../lambdas/push/content/content-rows.ts';
import { keys } from '../../lambdas/push/contract.ts';
import type { SelectJob, WorkJob } from '../../lambdas/push/contract.ts';
import { randomUlid } from '../../lambdas/shared/identifier.ts';
import { streamRecords } from '../../test/support/dynamodb-stream-record.ts';
import { newStory } from '../push/sample-story.ts';
import { get, jobMessage, records } from './sample-call.ts';
import type { Samples } from './sample-call.ts';

/** Work about what is gone: no files are made or sent. */
const jobs = {
  select: {
    kind: 'select',
    ref: 'story:7',
    item: randomUlid(Date.now()),
    version: 1,
    created: true,
    changed: ['title'],
    atMs: Date.now(),
  } satisfies SelectJob,
  work: {
    kind: 'drain',
    run: randomUlid(Date.now()),
    host: 'sftp://files.example.org',
    lane: 0,
  } satisfies WorkJob,
};

/** Of the functions of push, by their names. */
export const pushSamples: Readonly<Record<string, Samples>> = {
  PushApi: {
    withoutIo: get('/v1/push/items?limit=0', 400, { admin: true }),
    fromTable: get('/v1/push/items', 200, { admin: true }),
  },
  PushRelay: { withoutIo: records(storyWithoutNews(), 0) },
  PushSelect: { fromTable: records([jobMessage(jobs.select)], 0) },
  PushArrival: { withoutIo: records([jobMessage({ Event: 's3:TestEvent' })], 0) },
  PushWork: { fromTable: records([jobMessage(jobs.work)], 0) },
  PushMinute: { fromTable: { kind: 'schedule', answer: 0 } },
  // It always asks S3, which is not there.
  PushDaily: {},
};

/** A change that no job follows from: those need a queue. */
function storyWithoutNews(): unknown[] {
  const before = newStory(Date.now());
  return streamRecords([
    {
      keys: keys.content(before.ref),
      before: contentItem(before),
      after: contentItem({ ...before, version: 2 }),
      atMs: Date.now(),
    },
  ]);
}
