import type { MessageCopy, ThreadSide } from './thread-side.ts';
import type { StoredMessage } from './message.ts';

/** What a message tells of the request that sent it. */
export type SentRecord = Pick<StoredMessage, 'ulid' | 'thread' | 'requestHash'>;

export type Folder = 'inbox' | 'outbox';

/** What is kept of a user beside its threads. */
export interface UserState {
  /** Unread messages in all threads, and threads that hold one. */
  unread: number;
  unreadThreads: number;
  /** How often a block of or by this user was set or lifted. 0: nobody ever blocked it, nor it anybody. */
  blockChanges: number;
}

/** A change of one side: written only if the side still is as it was read. */
export interface SideChange {
  /** Absent: there must be none. */
  before: ThreadSide | undefined;
  after: ThreadSide;
}

/** A message on its way: one transaction writes all of it. */
export interface SendWrite {
  message: StoredMessage;
  sender: SideChange;
  recipient: SideChange;
  /** The copies of the two. */
  copies: readonly MessageCopy[];
  /** The recipient's `blockChanges` that the decision to send was based on. */
  blockChanges: number;
  /** Under this nonce nothing may have been sent either. */
  unlessSent?: string | undefined;
  /** A new thread counts against its sender's limit for the hour. */
  newThread?: { hour: number; limit: number; expiresAtSeconds: number } | undefined;
}

export type SendOutcome =
  | 'sent'
  /** A message with this nonce, or that of `unlessSent`, is there: this one was sent before. */
  | 'taken'
  /** A side, or the recipient's blocks, changed since they were read. */
  | 'stale'
  /** The sender has started as many threads in this hour as it may. */
  | 'limit'
  /** Others were writing the same items; nothing was written. */
  | 'busy';

/** A change of one copy: written only if its mark still is as it was read. */
export interface CopyChange {
  before: MessageCopy;
  /** Absent: it is deleted. */
  after?: MessageCopy | undefined;
}

/** A change of one's own side: reading and deleting. One transaction, with the user's unread count. */
export interface OwnWrite {
  side: SideChange;
  copy?: CopyChange | undefined;
  /**
   * Other copies that the change is decided by, at most 90: they must still be there, with their marks.
   * That the side is unchanged does not say so: while a transaction is being applied, some of its items
   * can be read as they were before it and others as they are after.
   */
  seen?: readonly MessageCopy[] | undefined;
  /** The erasure that this belongs to, and the messages that it removes. */
  erasure?: { erasureId: string; messages: number } | undefined;
}

export type OwnOutcome = 'done' | 'stale' | 'busy';

/** Which copies of a thread to give: none when `above` is not older than `below`. */
export interface CopyRange {
  /** Younger than this (exclusive). */
  above?: string | undefined;
  /** Older than this (exclusive). */
  below?: string | undefined;
  order: 'asc' | 'desc';
  limit: number;
}

export interface SidePage {
  /** Continue behind the side with this last message. */
  after?: string | undefined;
  limit: number;
}

/**
 * Where threads are kept. Reads are strongly consistent, but for `folder`, which a write reaches a
 * moment later. A thrown `TransientError` of a write leaves open whether it happened: `send` may be
 * repeated with the same nonce and is then `taken`; an `OwnWrite` is then `stale`.
 */
export interface ConvoStore {
  send(write: SendWrite): Promise<SendOutcome>;
  changeOwn(write: OwnWrite): Promise<OwnOutcome>;

  state(user: string): Promise<UserState>;
  side(owner: string, thread: string): Promise<ThreadSide | undefined>;
  /** A side together with its owner's state; the thread may be none of theirs yet. */
  sideAndState(
    owner: string,
    thread: string,
  ): Promise<{ side: ThreadSide | undefined; state: UserState }>;
  /** A side together with one of its copies. */
  sideAndCopy(
    owner: string,
    thread: string,
    ulid: string,
  ): Promise<{ side: ThreadSide | undefined; copy: MessageCopy | undefined }>;
  /** The message that is stored under a nonce. */
  message(nonce: string): Promise<StoredMessage | undefined>;
  /** What was sent under any of a few nonces. */
  sentUnder(nonces: readonly string[]): Promise<SentRecord[]>;
  /** Bodies of messages by ULID; what nobody holds any more is left out. At most 100, and 8 MB. */
  bodies(ulids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Copies of one side of a thread; fewer than the limit only at the end. */
  copies(owner: string, thread: string, range: CopyRange): Promise<MessageCopy[]>;
  /** Sides of one folder, newest last message first; fewer than the limit only at the end. */
  folder(owner: string, folder: Folder, page: SidePage): Promise<ThreadSide[]>;
}
