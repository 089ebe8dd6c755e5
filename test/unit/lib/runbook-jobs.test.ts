import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type * as z from 'zod';
import { upkeepJob as convosUpkeepJob } from '../../../lambdas/convos/contract.ts';
import { upkeepJob as webhooksUpkeepJob } from '../../../lambdas/webhooks/contract.ts';
import { selectJob } from '../../../lambdas/push/contract.ts';
import { erasureMessage } from '../../../lambdas/follows/contract.ts';
import { planJob, upkeepJob } from '../../../lambdas/timelines/contract.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');

/** Jobs that the runbook tells operators to send, by the beginning of the queue's name. */
const jobs = [...runbook.matchAll(/`\.\.\.(\w+)JobsQueue\.\.\.`\s*\|\s*`(\{.*?\})`/g)].map(
  ([, queue = '', job = '']) => [queue, job] as const,
);

const schemas: Record<string, z.ZodType> = {
  TimelinesPlanner: planJob,
  TimelinesUpkeep: upkeepJob,
  FollowsErasure: erasureMessage,
  ConvosUpkeep: convosUpkeepJob,
  WebhooksUpkeep: webhooksUpkeepJob,
  PushSelect: selectJob,
};

test('the runbook has a job for each change that a relay can give up', () => {
  expect(jobs).toHaveLength(16);
});

test.each(jobs)('%s takes %s', (queue, job) => {
  const schema = schemas[queue];
  expect(schema?.safeParse(JSON.parse(job))).toMatchObject({ success: true });
  expect(schema?.parse(JSON.parse(job))).toEqual(JSON.parse(job));
});
