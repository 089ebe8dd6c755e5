import type { DeliveryParts } from './delivery-parts.ts';
import { failureRound } from './failure-rounds.ts';
import type { Chosen, Round } from './failure-rounds.ts';
import { setGoing } from './set-going.ts';
import type { SetGoingParts } from './set-going.ts';

/** Posts failures once more, each by one try: those that are valid and whose hook is enabled. */
export function retryFailures(
  parts: SetGoingParts & Pick<DeliveryParts, 'hooks'>,
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
