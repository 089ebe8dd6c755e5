import type { MessageCopy, ThreadSide } from './thread-side.ts';

/** How far the erasure of a user is. */
export interface ErasureProgress {
  erasureId: string;
  /** Active messages that were taken out of the user's mailbox. */
  removed: number;
  done: boolean;
}

/** Where the work behind the API reads and removes. Strongly consistent; everything may be repeated. */
export interface UpkeepStore {
  /** Every side of a user, by thread; behind that thread. Fewer than the limit only at the end. */
  sidesOf(
    owner: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<ThreadSide[]>;
  /** Removes copies; those that are gone already are passed over. */
  removeCopies(copies: readonly Pick<MessageCopy, 'owner' | 'thread' | 'ulid'>[]): Promise<void>;
  /** Which of these copies there are, by ULID. At most 100. */
  held(copies: readonly Pick<MessageCopy, 'owner' | 'thread' | 'ulid'>[]): Promise<Set<string>>;
  /**
   * Removes a message that nobody holds any more. Until `keepKeyUntilMs` what remains, without any
   * text, tells a repeat of its request.
   */
  removeMessage(ulid: string, nowMs: number, keepKeyUntilMs: number): Promise<void>;
  /** Removes a side if it is still as it was read. */
  removeSide(side: ThreadSide): Promise<void>;
  /** Removes a user's state if it has nothing unread and no block ever concerned it. */
  removeState(owner: string): Promise<void>;
  /** The latest erasure of a user. */
  erasure(ref: string): Promise<ErasureProgress | undefined>;
  /** Keeps that an erasure began, unless it or a later one did already. */
  beginErasure(ref: string, erasureId: string): Promise<void>;
  /** Keeps that an erasure is through. */
  finishErasure(ref: string, erasureId: string): Promise<void>;
}
