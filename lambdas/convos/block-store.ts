/** A block: the blocker gets no messages of the blocked and sends it none. */
export interface Block {
  blocker: string;
  blocked: string;
  /** ULID whose time is when it began. */
  ulid: string;
}

/**
 * Where blocks are kept. Reads are strongly consistent. A write is one transaction that also raises
 * both users' `blockChanges`, so that no message that is being sent overlooks it. A thrown
 * `TransientError` leaves open whether it happened; doing it again is safe.
 */
export interface BlockStore {
  /** The blocks between two users, of either by the other. */
  between(
    one: string,
    other: string,
  ): Promise<{ ofOne: string | undefined; ofOther: string | undefined }>;
  /**
   * The blocks between a sender and a recipient together with the recipient's `blockChanges`, all of
   * one moment: a message that is written while that number stands overlooks no block.
   *
   * @throws TransientError while one of them is being written.
   */
  lookBeforeSending(
    sender: string,
    recipient: string,
  ): Promise<{ blocked: boolean; blockChanges: number }>;
  /** `exists`: there is one of the same two already. */
  add(block: Block): Promise<'done' | 'exists' | 'busy'>;
  /** `stale`: it is not (or no longer) there. */
  remove(block: Block): Promise<'done' | 'stale' | 'busy'>;
  /** Whom a user blocks, newest first; fewer than the limit only at the end. */
  list(
    blocker: string,
    page: { /** Continue behind this ULID. */ after?: string | undefined; limit: number },
  ): Promise<Block[]>;
}
