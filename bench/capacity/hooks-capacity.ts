import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { sendDue } from '../../lambdas/webhooks/due.ts';
import type { ApiCall } from '../../test/support/api-call.ts';
import { answered } from '../answered.ts';
import { newEvent } from '../posting/sample-delivery.ts';
import type { Result } from '../result.ts';
import { newResource, subOf } from '../sample.ts';
import { webhooksApi, webhooksParts } from '../webhooks.ts';
import type { WebhooksParts } from '../webhooks.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';
import { answering, WebhookWork } from './webhook-work.ts';

/** Deliveries and webhooks on the pages that are read. */
const onPage = 20;

/** Longest that the look for due retries may take, milliseconds. */
const dueWithinMs = 20_000;

/** Consumption of the API of webhooks, whole requests, and of the look for what is due. */
export async function hooksCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const parts = webhooksParts(client);
  const api = webhooksApi(parts);
  const owner = newResource();
  const call = (method: string, status: number, path: string, more: Partial<ApiCall> = {}) =>
    answered(api, status, { method, url: `/v1/${path}`, sub: subOf(owner), ...more });
  const metered = (...request: Parameters<typeof call>) => meter.measure(() => call(...request));
  const body = { target: 'https://example.org/webhooks', events: ['article.published'] };
  const headers = { 'idempotency-key': 'once' };
  const { id, type, data } = newEvent();
  const event = { id, type, data };
  // The first one makes the key that seals secrets, and the first page the one that signs cursors.
  const hook = createdSchema.parse(await call('POST', 201, 'hooks', { body }));
  await call('POST', 201, 'hooks', { body });
  await call('GET', 200, 'hooks?limit=1');

  const created = await metered('POST', 201, 'hooks', { body });
  const createdWithKey = await metered('POST', 201, 'hooks', { body, headers });
  const changed = await metered('PATCH', 200, `hooks/${hook.id}`, { body: { description: 'A' } });
  const rotated = await metered('POST', 200, `hooks/${hook.id}/rotate-secret`);
  const pinged = await metered('POST', 202, `hooks/${hook.id}/ping`);
  const sent = await metered('POST', 202, 'events', { admin: true, body: event });
  for (let count = 4; count <= onPage; count++) await call('POST', 201, 'hooks', { body });
  const listed = await metered('GET', 200, `hooks?limit=${String(onPage)}`);
  const idle = await meter.measure(() => look(parts));
  await failedDeliveries(parts, owner);
  const failures = await metered('GET', 200, `hooks/failures?limit=${String(onPage)}`);
  const retried = await metered('POST', 202, 'hooks/failures/retry', { body: { all: true } });
  const deleted = await metered('DELETE', 204, `hooks/${hook.id}`);

  return [
    ...consumption('create a webhook', created),
    ...consumption('create a webhook with Idempotency-Key', createdWithKey),
    ...consumption('change a webhook', changed),
    ...consumption('rotate the secret of a webhook', rotated),
    ...consumption('ping a webhook', pinged),
    ...consumption('delete a webhook', deleted),
    ...consumption(`page of ${String(onPage)} webhooks`, listed),
    ...consumption('custom event sent', sent),
    ...consumption(`page of ${String(onPage)} failed deliveries`, failures),
    ...consumption(`retry of ${String(onPage)} failed deliveries`, retried),
    ...consumption('look for due retries when there are none', idle),
  ];
}

const createdSchema = z.object({ id: z.string() });

async function look({ deliveries, postJobs: posts, pace }: WebhooksParts) {
  await sendDue({ deliveries, posts, pace }, pace.now() + dueWithinMs);
}

/** Of a hook of somebody's that gives up at the first failure. */
async function failedDeliveries(parts: WebhooksParts, owner: string): Promise<void> {
  const webhooks = new WebhookWork(parts);
  const hook = await webhooks.hook({ owner, retry: { retries: 0, retryInterval: 1 } });
  for (let count = 0; count < onPage; count++) await webhooks.match(hook);
  const jobs = parts.postJobs.take().filter((job) => job.hook === hook.ulid);
  await webhooks.post(answering(500), jobs);
}
