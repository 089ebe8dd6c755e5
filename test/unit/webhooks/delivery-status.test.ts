import { expect, test } from '@jest/globals';
import { effectiveStatus } from '../../../lambdas/webhooks/delivery-status.ts';
import type { StoredStatus } from '../../../lambdas/webhooks/delivery.ts';
import { emptyLane } from '../../../lambdas/webhooks/lane.ts';
import { newHook } from '../../support/webhook-hooks.ts';

const hook = newHook({ epoch: 2 });
const off = { ...hook, enabled: false };
const lane = { ...emptyLane(hook.ulid), batch: 6, from: 5 };
const of = (status: StoredStatus, more: { epoch?: number; batch?: number } = {}) => ({
  ulid: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
  status,
  epoch: 2,
  ...more,
});

test.each([
  ['pending with its hook as it was', of('pending'), hook, 'pending'],
  ['pending with its hook disabled', of('pending'), off, 'held'],
  ['pending from before its hook was disabled', of('pending', { epoch: 1 }), hook, 'held'],
  ['pending with its hook gone', of('pending'), undefined, 'discarded'],
  ['stored for a batch to come', of('stored', { batch: 5 }), hook, 'pending'],
  ['stored for a batch that is done', of('stored', { batch: 4 }), hook, 'delivered'],
  [
    'of a batch that is done, its hook disabled since',
    of('stored', { batch: 4 }),
    off,
    'delivered',
  ],
  ['stored with its hook disabled', of('stored', { batch: 5 }), off, 'held'],
  ['stored with its hook gone', of('stored', { batch: 5 }), undefined, 'discarded'],
  ['delivered, its hook gone', of('delivered', { epoch: 0 }), undefined, 'delivered'],
  ['failed, its hook disabled', of('failed', { epoch: 0 }), off, 'failed'],
] as const)('a delivery %s', (_what, delivery, seenBy, status) => {
  expect(effectiveStatus(delivery, seenBy, lane)).toBe(status);
});

test('without a lane nothing that is stored was delivered', () => {
  expect(effectiveStatus(of('stored', { batch: 1 }), hook, undefined)).toBe('pending');
});
