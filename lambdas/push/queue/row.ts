import type { FailedStatus, Status } from './status.ts';

/** One try to send the files of a row. */
export interface Attempt {
  atMs: number;
  durationMs: number;
  outcome: 'sent' | 'failed';
  message: string;
}

/** Who has a row in progress: the lane of a worker, and which of that lane's holders it is. */
export interface Claim {
  lane: string;
  epoch: number;
}

/** A row of the queue: that this content is to be pushed to this target by this rule. */
export interface Row {
  ulid: string;
  rule: string;
  target: string;
  /** Reference of the content. */
  content: string;
  status: Status;
  /** What became of it, a line for each file; empty while it waits. */
  message: string;
  /** Oldest first; of very many the newest. */
  attempts: readonly Attempt[];
  createdMs: number;
  /** When a person last wished that it be pushed again. */
  wishedMs?: number;
  /** Of that wish: tells it from others of the same moment. */
  wish?: string;
  lastAttemptMs?: number;
  /** The run that pushed it last. */
  run?: string;
  /** While it is in progress. */
  claim?: Claim;
  /** How often workers took it since it was last NEW by a person's or a rule's wish. */
  claims: number;
  /** Marks of temporary files that earlier pushes of the same may have left, the newest last. */
  earlierMarks?: readonly string[];
  /** One more with each write. */
  version: number;
}

/** What a list shows of a row without reading it. */
export type RowMark = Pick<Row, 'ulid' | 'rule' | 'target' | 'content'>;

/** How a push ended. */
export interface Outcome {
  status: 'PUSHED' | FailedStatus;
  message: string;
  attempts: readonly Attempt[];
}

const prefix = 'push_';
const idPattern = /^push_([0-9A-HJKMNP-TV-Z]{26})$/;

export function rowId(ulid: string): string {
  return `${prefix}${ulid}`;
}

/** The ULID of an id, or nothing when it is none. */
export function ulidOfRowId(id: string): string | undefined {
  return idPattern.exec(id)?.[1];
}
