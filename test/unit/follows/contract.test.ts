import { describe, expect, test } from '@jest/globals';
import { erasureMessage, relayedPrefixes, prefixes } from '../../../lambdas/follows/contract.ts';

describe('the messages of the erasure’s queue', () => {
  const erasureId = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
  /** As EventBridge delivers an event to a queue. */
  const report = (type: string, part: string) => ({
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': type,
    source: 'sequitur',
    account: '123456789012',
    time: '2026-11-21T10:30:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      id: `evt_${erasureId}`,
      type,
      at: '2026-11-21T10:30:00.000Z',
      audience: [],
      data: { ref: 'user:amy', erasureId, part, removed: 12, done: false },
    },
  });

  test('are jobs, and what domains report over the bus', () => {
    const job = { job: 'erase-follows', ref: 'user:amy', erasureId, pass: 2 };
    expect(erasureMessage.parse(job)).toEqual(job);
    const parsed = erasureMessage.parse(report('erasure.progressed', 'timelines'));
    expect(parsed).toMatchObject({ detail: { data: { part: 'timelines', removed: 12 } } });
  });

  test('are nothing else', () => {
    expect(erasureMessage.safeParse(report('erasure.started', 'timelines')).success).toBe(false);
    expect(erasureMessage.safeParse(report('erasure.progressed', 'nobody')).success).toBe(false);
    expect(erasureMessage.safeParse({ job: 'erase-follows' }).success).toBe(false);
  });
});

const relayed = (pk: string) => relayedPrefixes.some((prefix) => pk.startsWith(prefix));

test('the relay’s filters let counters and keys pass by', () => {
  expect(relayed(`${prefixes.edge}user:amy`)).toBe(true);
  expect(relayed(`${prefixes.ended}user:amy`)).toBe(true);
  expect(relayed(`${prefixes.erasure}user:amy`)).toBe(true);
  expect(relayed(`${prefixes.counter}user:amy`)).toBe(false);
  expect(relayed('SECRET#cursors')).toBe(false);
});
