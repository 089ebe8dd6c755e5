import type { Action } from './action.ts';

/** An action on its actor's public timeline. */
export interface PublicAction extends Action {
  /** Milliseconds at which it was posted; `at` may lie elsewhere. */
  postedAt: number;
  /** Posted for the actor's own timelines only, without fan-out. */
  self: boolean;
}

/** An action that was taken back: remembered for longer than late copies of it are under way. */
export interface RetractedAction {
  ulid: string;
  actor: string;
  retracted: true;
}

export type PublicRow = (PublicAction & { retracted: false }) | RetractedAction;

/** A notification, on one private timeline alone. */
export interface Note extends Action {
  /** Milliseconds at which it was posted; `at` may lie elsewhere. */
  postedAt: number;
}

/** A row of a private timeline. All rows about one action stand together. */
export type PrivateRow =
  | ({ kind: 'copy'; followId: string } & Action)
  | ({ kind: 'note' } & Note)
  | { kind: 'removed'; ulid: string };

/** Names one copy. */
export interface CopyKey {
  owner: string;
  ulid: string;
  followId: string;
}

export type Order = 'asc' | 'desc';

/** A piece of a timeline. */
export interface Range {
  order: Order;
  /** Continue after this ULID in the order of reading, exclusive. */
  after?: string;
  /** Bounds, inclusive. */
  oldest?: string;
  newest?: string;
  /** Rows to read at most; rows, not actions. */
  limit: number;
}

export interface Piece<Row> {
  rows: Row[];
  /** Whether the range may hold rows beyond these. */
  more: boolean;
}

/** An actor whose public timeline an owner's reads merge in, because it has too many followers to copy to. */
export interface MergedActor {
  actor: string;
  followId: string;
  /** Set when the follow ended but its actions stay: only those posted before. Milliseconds. */
  until?: number;
}

/** What is known of a private timeline as a whole. */
export interface Head {
  /** Milliseconds; unread begins here. */
  readMark?: number;
  /** Milliseconds, to the day: when the timeline was last read. */
  lastReadAt?: number;
  /** The timeline was skipped by fan-out and has not been rebuilt since. */
  rebuildOwed: boolean;
  merged: MergedActor[];
}

/** How actions of an actor reach its followers, and since when (milliseconds). */
export interface FanOut {
  mode: 'copy' | 'merge';
  since: number;
}

/** How far timelines are with the erasure of a resource. */
export interface ErasureProgress {
  /** ULID; its time is when the erasure began. */
  erasureId: string;
  /** Actions removed so far. */
  removed: number;
  done: boolean;
}

/** Public timelines. Reads are strongly consistent but for filtered ones, which come from indexes. */
export interface PublicTimelines {
  /** Writes an action unless its id is taken, by the same action or by one taken back: safe to repeat. */
  add(action: PublicAction): Promise<void>;
  /** Takes an action back; false when there is none. */
  retract(actor: string, ulid: string, at: { nowMs: number; erased: boolean }): Promise<boolean>;
  get(actor: string, ulid: string): Promise<PublicRow | undefined>;
  read(actor: string, range: Range): Promise<Piece<PublicRow>>;
  /** One filtered piece; `filter` as `selections` of `public-timeline.ts` splits it. */
  readSelected(actor: string, selection: Selection, range: Range): Promise<Piece<PublicRow>>;
  /** Counts what has one of `verbs`, up to `cap`. */
  count(
    actor: string,
    selection: Selection | 'all',
    verbs: readonly string[],
    cap: number,
  ): Promise<number>;
}

/** What one index partition answers: a verb with a type of target (or none), or a target with perhaps a verb. */
export type Selection =
  | { by: 'verb'; verb: string; targetType: string | undefined }
  | { by: 'target'; target: string; verb: string | undefined };

/** Private timelines. Reads are strongly consistent; every write bears to be repeated. */
export interface PrivateTimelines extends TimelineHeads, KeptCopies {
  read(owner: string, range: Range): Promise<Piece<PrivateRow>>;
  writeCopies(copies: readonly ({ owner: string; followId: string } & Action)[]): Promise<void>;
  deleteCopies(copies: readonly CopyKey[]): Promise<void>;
  addNote(owner: string, note: Note): Promise<void>;
  deleteNotes(notes: readonly { owner: string; ulid: string }[]): Promise<void>;
  /** The same for those of them that were posted by then (milliseconds); gives how many that were. */
  deleteNotesPostedBy(
    notes: readonly { owner: string; ulid: string }[],
    atMs: number,
  ): Promise<number>;
  /** Notifications anywhere that name this actor, by ULID; from an index. Fewer than `limit`: the end. */
  notesBy(
    actor: string,
    range: { after?: string; limit: number },
  ): Promise<{ owner: string; ulid: string }[]>;
  markRemoved(owner: string, ulid: string): Promise<void>;
  deleteMarks(removed: readonly { owner: string; ulid: string }[]): Promise<void>;
  /** Deletes read mark, last read and a rebuild owed, unless the timeline was read after `atMs` (milliseconds). */
  deleteHead(owner: string, atMs: number): Promise<void>;
}

/** What is known of private timelines as a whole. */
export interface TimelineHeads {
  head(owner: string): Promise<Head>;
  /** When each owner last read, in the order asked; undefined: never. Eventually consistent unless asked. */
  lastReads(owners: readonly string[], consistent: boolean): Promise<(number | undefined)[]>;
  /** Notes a read, and with `rebuildOwed` that a rebuild is due. */
  touch(owner: string, nowMs: number, rebuildOwed: boolean): Promise<void>;
  rebuilt(owner: string): Promise<void>;
  /** Moves the read mark forward, with `force` also back; gives the mark that holds then. */
  setReadMark(owner: string, atMs: number, force: boolean): Promise<number>;
  writeMerged(merged: readonly ({ owner: string } & MergedActor)[]): Promise<void>;
  deleteMerged(merged: readonly { owner: string; followId: string }[]): Promise<void>;
}

/** Copies that stay though their follow ended, by actor. */
export interface KeptCopies {
  keep(actor: string, kept: { owner: string; followId: string }): Promise<void>;
  kept(
    actor: string,
    range: { after?: string; limit: number },
  ): Promise<Piece<{ owner: string; followId: string }>>;
  forgetKept(actor: string, kept: { owner: string; followId: string }): Promise<void>;
}

/** How far the work of each actor and erasure is. */
export interface TimelineProgress {
  fanOut(actor: string): Promise<FanOut>;
  setFanOut(actor: string, fanOut: FanOut): Promise<void>;
  forgetFanOut(actor: string): Promise<void>;
  /** The latest erasure of a resource. */
  erasure(ref: string): Promise<ErasureProgress | undefined>;
  /** Adds to what an erasure removed; a later `erasureId` begins at 0, an earlier one changes nothing. */
  addErased(ref: string, erasureId: string, removed: number, done: boolean): Promise<void>;
}
