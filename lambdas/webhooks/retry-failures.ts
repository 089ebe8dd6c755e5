import type { DeliveryParts } from './delivery-parts.ts';
import { failureRound } from './failure-rounds.ts';
import type { Chosen, Round } from './failure-rounds.ts';
import { setGoing } from './set-going.ts';

/** Posts failures once more, each by one try: those that are valid and whose hook is enabled. */
export function retryFailures(
  parts: Pick<DeliveryParts, 'deliveries' | 'hooks' | 'postJobs' | 'now' | 'pace'>,
  chosen: Chosen,
): Promise<Round> {
  return failureRound(
    parts,
    chosen,
    ({ valid, hook }) => valid && hook?.enabled === true,
    (failures) =>
      setGoing(
        parts,
        failures.map(({ delivery, hook }) => ({ delivery, epoch: hook?.epoch ?? delivery.epoch })),
        { single: true },
      ),
  );
}
