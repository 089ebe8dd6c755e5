import type { Delivery, StoredStatus } from './delivery.ts';

/** A row of the due index: a delivery, or the lane of a hook (`delivery` absent). */
export interface DueRow {
  hook: string;
  delivery?: string | undefined;
  /** Milliseconds since the epoch. */
  dueAt: number;
}

/** Deliveries and their payloads. Reads are of the present but where an index is named. */
export interface DeliveryStore {
  /**
   * Stores a delivery unless it exists; gives the one that does. Its payload is kept in the row, or,
   * when it is larger than `inlinePayloadBytes` and `payloadApart`, in the event's row, put first.
   */
  create(
    delivery: Delivery,
    payload: string,
    payloadApart: boolean,
  ): Promise<{ existing?: Delivery | undefined }>;
  read(ulid: string): Promise<Delivery | undefined>;
  /** What there is of up to 1,000. */
  readMany(ulids: readonly string[]): Promise<Delivery[]>;
  /** Bodies of posts by delivery; those that are gone are missing. */
  payloads(deliveries: readonly Delivery[]): Promise<Map<string, string>>;
  /** Replaces a delivery as it was read (`delivery.version`), raising its version. */
  replace(delivery: Delivery): Promise<'replaced' | 'changed'>;
  /** Deletes a delivery as it was read. */
  remove(delivery: Delivery): Promise<'removed' | 'changed'>;
  /**
   * Deliveries of a hook between two ULIDs (exclusive `after`), expired ones left out. `maxBytes`
   * ends a page early; a page holds one at least.
   */
  ofHook(
    hook: string,
    range: {
      order: 'asc' | 'desc';
      after?: string | undefined;
      /** First ULID, inclusive. */
      from?: string | undefined;
      /** Last ULID, inclusive. */
      to?: string | undefined;
      statuses?: readonly StoredStatus[] | undefined;
      limit: number;
    },
  ): Promise<{ deliveries: Delivery[]; after?: string | undefined }>;
  /** Failed deliveries of a resource's hooks, of the installation's (`null`) or of all, newest first, by index. */
  failures(
    of: { owner: string | null } | 'all',
    page: { after?: string | undefined; limit: number },
  ): Promise<{ deliveries: Delivery[]; after?: string | undefined }>;
  /** What is due until a moment, oldest first, at most `limit`; by index. */
  dueUntil(atMs: number, limit: number): Promise<DueRow[]>;
  /** Takes a delivery out of the due index, if it is still due at that time. */
  undue(row: DueRow): Promise<void>;
}
