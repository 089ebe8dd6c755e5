import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { customEventOf, customEventRow } from '../../lambdas/webhooks/custom-event.ts';
import type { CustomEvent } from '../../lambdas/webhooks/custom-event.ts';
import type { CustomEventStore } from '../../lambdas/webhooks/custom-event-store.ts';

/** Sent events in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryCustomEvents implements CustomEventStore {
  /** As the table holds them. */
  readonly rows: Record<string, unknown>[] = [];

  async create(event: CustomEvent, expiresAt: number) {
    await Promise.resolve();
    const row = unmarshall(marshall(customEventRow(event, expiresAt)));
    const existing = this.rows.find(({ pk }) => pk === row['pk']);
    if (existing) return { existing: { bodyHash: customEventOf(existing).bodyHash } };
    this.rows.push(row);
    return {};
  }
}
