import { allAttempts, allTries, batchAttempts } from './batch-attempts.ts';
import type { SeenDelivery } from './delivery-answers.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';

/** A delivery among others, before it is known what it carries. */
export interface Listed {
  delivery: Delivery;
  status: DeliveryStatus;
}

/** A function answers at most 6 MB, the answer's own quotes escaped. */
export const maxPageBytes = 5_000_000;

/** Payloads read at a time: ten of the largest are less than a page. */
const payloadsPerRead = 10;

/**
 * Answers for as many of the first deliveries as fit into a page, at least one.
 *
 * @returns `cut`: the last delivery that is shown, when others are not
 */
export async function fittingPage<Item extends Listed, Answer>(
  { deliveries, lanes }: Pick<DeliveryParts, 'deliveries' | 'lanes'>,
  items: readonly Item[],
  answer: (item: Item, seen: SeenDelivery, payload: string | undefined) => Answer,
): Promise<{ answers: Answer[]; cut?: string | undefined }> {
  const answers: Answer[] = [];
  const batches = await batchAttempts(
    lanes,
    items.map(({ delivery }) => delivery),
  );
  let bytes = 0;
  let last: string | undefined;
  for (let start = 0; start < items.length; start += payloadsPerRead) {
    const part = items.slice(start, start + payloadsPerRead);
    // oxlint-disable-next-line no-await-in-loop -- what does not fit is not read
    const payloads = await deliveries.payloads(part.map(({ delivery }) => delivery));
    for (const item of part) {
      const { delivery, status } = item;
      const posts = batches.get(delivery.ulid);
      const attempts = allAttempts(delivery, posts);
      const seen = { delivery, status, attempts, tries: allTries(delivery, posts) };
      const one = answer(item, seen, payloads.get(delivery.ulid));
      bytes += bytesInAnswer(one);
      if (answers.length > 0 && bytes > maxPageBytes) return { answers, cut: last };
      answers.push(one);
      last = delivery.ulid;
    }
  }
  return { answers };
}

/** Lambda hands a body on as a JSON string: as JSON once more. */
function bytesInAnswer(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}
