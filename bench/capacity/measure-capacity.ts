import { tableIndexes } from '../local-tables.ts';
import type { LocalTables } from '../local-tables.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { batchesCapacity } from './batches-capacity.ts';
import { CapacityMeter } from './capacity-meter.ts';
import { deletionCapacity } from './deletion-capacity.ts';
import { deliveriesCapacity } from './deliveries-capacity.ts';
import { fanOutCapacity } from './fan-out-capacity.ts';
import { followsCapacity } from './follows-capacity.ts';
import { hooksCapacity } from './hooks-capacity.ts';
import { mailboxCapacity } from './mailbox-capacity.ts';
import { markingCapacity } from './marking-capacity.ts';
import { pushCapacity } from './push-capacity.ts';
import { sendingCapacity } from './sending-capacity.ts';
import { timelinesCapacity } from './timelines-capacity.ts';
import { upkeepCapacity } from './upkeep-capacity.ts';

const parts = [
  followsCapacity,
  timelinesCapacity,
  fanOutCapacity,
  upkeepCapacity,
  sendingCapacity,
  mailboxCapacity,
  markingCapacity,
  deletionCapacity,
  hooksCapacity,
  deliveriesCapacity,
  batchesCapacity,
  pushCapacity,
];

/** Consumed capacity of every operation, one after the other through one metered client. */
export async function measureCapacity(local: LocalTables): Promise<Result[]> {
  const client = local.client();
  const meter = new CapacityMeter(client, local.client(), tableIndexes);
  const results: Result[] = [];
  for (const part of parts) results.push(...(await part(client, meter)));
  return [
    ...results,
    result(
      `write units by the rule that transactions are computed with, against the service's own in ${String(meter.compared)} other writes`,
      meter.disagreements,
      'differences',
      { exactly: 0 },
    ),
  ];
}
