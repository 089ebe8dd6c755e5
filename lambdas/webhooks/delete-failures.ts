import type { DeliveryParts } from './delivery-parts.ts';
import { failureRound } from './failure-rounds.ts';
import type { Chosen, Round } from './failure-rounds.ts';
import { atOnce } from '../shared/at-once.ts';

/** Deletes failures, valid or not; one that is being retried by now stays. */
export function deleteFailures(
  parts: Pick<DeliveryParts, 'deliveries' | 'hooks' | 'now'>,
  chosen: Chosen,
): Promise<Round> {
  return failureRound(
    parts,
    chosen,
    () => true,
    async (failures) => {
      const outcomes = await atOnce(failures, ({ delivery }) => parts.deliveries.remove(delivery));
      return outcomes.filter((outcome) => outcome === 'removed').length;
    },
  );
}
