import { expect, test } from '@jest/globals';
import { fittingPage, maxPageBytes } from '../../../lambdas/webhooks/delivery-page.ts';
import type { Listed } from '../../../lambdas/webhooks/delivery-page.ts';
import type { Delivery } from '../../../lambdas/webhooks/delivery.ts';
import { InMemoryDeliveryStore } from '../../support/in-memory-delivery-store.ts';
import { InMemoryLaneStore } from '../../support/in-memory-lane-store.ts';

const lanes = new InMemoryLaneStore();

/** Deliveries with these payloads, and how many of them were read. */
async function listing(payloads: readonly string[]) {
  const store = new InMemoryDeliveryStore(() => 0);
  const items: Listed[] = [];
  for (const [at, payload] of payloads.entries()) {
    const delivery: Delivery = {
      ulid: `D${String(at).padStart(3, '0')}`,
      hook: 'hook',
      owner: null,
      target: 'https://example.org/',
      event: { id: 'evt_1', type: 'follow.created' },
      status: 'delivered',
      tries: 1,
      step: 0,
      attempts: [],
      epoch: 0,
      expiresAt: 1_000,
      version: 0,
    };
    await store.create(delivery, payload, false);
    items.push({ delivery: { ...delivery, payload }, status: 'delivered' });
  }
  const read: string[] = [];
  const real = store.payloads.bind(store);
  store.payloads = async (rows) => {
    read.push(...rows.map(({ ulid }) => ulid));
    return real(rows);
  };
  const page = await fittingPage({ deliveries: store, lanes }, items, (item, seen, payload) => ({
    id: item.delivery.ulid,
    tries: seen.tries,
    payload,
  }));
  return { ...page, read, ulids: items.map(({ delivery }) => delivery.ulid) };
}

/** As Lambda hands an answer on: its body as a JSON string. */
const bytesOf = (answers: readonly unknown[]) =>
  Buffer.byteLength(JSON.stringify({ body: JSON.stringify({ items: answers }) }));

test.each([
  ['letters', 'x', 1],
  ['letters of two bytes', 'ä', 2],
  ['quotes, which are escaped twice', '"', 4],
])('a page of %s ends before it is too large', async (_what, letter, bytesEach) => {
  const payload = letter.repeat(300_000 / bytesEach);
  const { answers, cut, ulids } = await listing(Array.from({ length: 20 }, () => payload));
  expect(answers).toHaveLength(16);
  expect(cut).toBe(ulids[15]);
  expect(answers.map(({ id }) => id)).toEqual(ulids.slice(0, 16));
  expect(bytesOf(answers)).toBeLessThan(maxPageBytes + 1_000);
});

test('one that is too large by itself is a page', async () => {
  const { answers, cut, ulids } = await listing(['x'.repeat(maxPageBytes), 'x']);
  expect(answers).toHaveLength(1);
  expect(cut).toBe(ulids[0]);
});

test('what fits is shown altogether, with what is known of each', async () => {
  const { answers, cut, ulids } = await listing(Array.from({ length: 25 }, (_none, at) => `${at}`));
  expect(answers).toEqual(ulids.map((id, at) => ({ id, tries: 1, payload: String(at) })));
  expect(cut).toBeUndefined();
});

test('payloads behind the end of a page are not read', async () => {
  const { read, ulids } = await listing(Array.from({ length: 40 }, () => 'x'.repeat(400_000)));
  expect(read).toEqual(ulids.slice(0, 20));
});
