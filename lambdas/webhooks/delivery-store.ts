import type { Delivery, StoredStatus } from './delivery.ts';

/** A row of the due index: a delivery, or the lane of a hook (`delivery` absent). */
export interface DueRow {
  hook: string;
  delivery?: string | undefined;
  /** Milliseconds since the epoch. */
  dueAt: number;
  /** Of a delivery: its tries, and what else the job says of its next post. */
  tries?: number | undefined;
  single?: boolean | undefined;
  reserved?: boolean | undefined;
}

/** Deliveries and their payloads. Reads are of the present but where an index is named. */
export interface DeliveryStore {
  /**
   * Stores a delivery unless it exists; gives the one that does. The payload is kept in its row, but
   * with `payloadApart` when it is larger than `inlinePayloadBytes`: then `keepPayload` has kept it.
   */
  create(
    delivery: Delivery,
    payload: string,
    payloadApart: boolean,
  ): Promise<{ existing?: Delivery | undefined }>;
  /**
   * Keeps the payload of an event for all of its deliveries, by its bytes. Comes before them; twice is
   * once, for the longer of the two times.
   *
   * @param expiresAt seconds since the epoch
   */
  keepPayload(payload: string, expiresAt: number): Promise<void>;
  /** Keeps the payloads that these deliveries do not have in their rows until then, if not for longer. */
  prolongPayloads(deliveries: readonly Delivery[], expiresAt: number): Promise<void>;
  read(ulid: string): Promise<Delivery | undefined>;
  /** What there is of up to 1,000. */
  readMany(ulids: readonly string[]): Promise<Delivery[]>;
  /** Bodies of posts by delivery; those that are gone are missing. */
  payloads(deliveries: readonly Delivery[]): Promise<Map<string, string>>;
  /**
   * Replaces a delivery as it was read (`delivery.version`), raising its version. The very same replace
   * once more, after a lost answer, is `replaced` too.
   */
  replace(delivery: Delivery): Promise<'replaced' | 'changed'>;
  /** Deletes a delivery as it was read; one that is gone already is `removed`. */
  remove(delivery: Delivery): Promise<'removed' | 'changed'>;
  /**
   * Deliveries of a hook between two ULIDs, expired ones left out. With `after` in the answer there may
   * be more. `maxBytes` of payload end a page early, and so do many that are not wanted.
   */
  ofHook(
    hook: string,
    range: {
      order: 'asc' | 'desc';
      /** Behind this one, in the order asked for. */
      after?: string | undefined;
      /** First ULID, inclusive. */
      from?: string | undefined;
      /** Last ULID, inclusive. */
      to?: string | undefined;
      statuses?: readonly StoredStatus[] | undefined;
      /** Stored for one of these batches, both inclusive. */
      batches?: { from: number; to: number } | undefined;
      limit: number;
      /** Of payloads that stand in rows; one delivery is given at least. */
      maxBytes?: number | undefined;
    },
  ): Promise<{ deliveries: Delivery[]; after?: string | undefined }>;
  /**
   * Failed deliveries of a resource's hooks, of the installation's (`null`) or of all, newest first, by
   * index. With `after` in the answer there may be more.
   */
  failures(
    of: { owner: string | null } | 'all',
    page: { after?: string | undefined; limit: number },
  ): Promise<{ deliveries: Delivery[]; after?: string | undefined }>;
  /** What is due until a moment, oldest first, at most `limit`; by index. */
  dueUntil(atMs: number, limit: number): Promise<DueRow[]>;
  /** Takes a delivery or a lane out of the due index, if it is still due at that time. */
  undue(row: DueRow): Promise<void>;
}
