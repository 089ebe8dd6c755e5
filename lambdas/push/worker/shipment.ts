import { Readable } from 'node:stream';
import type { OutgoingFile } from '../../shared/define/push-sender.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';
import { PermanentError } from '../../shared/errors.ts';
import type { ExportedFile, Outbox } from '../export/outbox.ts';
import type { Attempt } from '../queue/row.ts';
import { attemptMessage, failedLine, sentLine } from './messages.ts';

/** Files that go to a target together: of a row, or of a mass run. */
export interface Parcel {
  files: readonly ExportedFile[];
  /** The done marker's name without its ending. */
  name: string;
  /** See `OutgoingFile`. */
  mark: string;
  earlierMarks: readonly string[];
}

/** What became of a parcel. */
export interface Sent {
  /** Every file is there. */
  isWhole: boolean;
  /** A line for each file that was tried, in the order of the files. */
  lines: string[];
  /** Paths of the files that are there. */
  there: string[];
  attempts: Attempt[];
}

/** A file of a parcel, and how far it is. */
export interface Item {
  file: OutgoingFile;
  state: 'waiting' | 'there' | 'hopeless';
  line: string | undefined;
}

/** A parcel on its way. */
export class Shipment {
  readonly #target: PushTarget;
  readonly #items: Item[];
  readonly #marker: Item | undefined;
  readonly #attempts: Attempt[] = [];
  #tried: { sinceMs: number; items: Set<Item> } | undefined;
  #filesLeft: number;
  /** Something of it was broken off for want of time, in its last attempt. */
  #wasCut = false;

  constructor(parcel: Parcel, target: PushTarget, outbox: Pick<Outbox, 'open'>) {
    const { files, name, mark, earlierMarks } = parcel;
    const item = (file: Pick<OutgoingFile, 'path' | 'size' | 'open'>): Item => ({
      file: { ...file, mark, earlierMarks },
      state: 'waiting',
      line: undefined,
    });
    this.#target = target;
    this.#filesLeft = files.length;
    this.#items = files.map(({ path, size, key }) =>
      item({ path, size, open: () => outbox.open(key) }),
    );
    this.#marker =
      target.doneMarker === undefined
        ? undefined
        : item({
            path: `${name}${target.doneMarker}`,
            size: 0,
            open: () => Promise.resolve(Readable.from([], { objectMode: false })),
          });
  }

  /** What can be put now. */
  get waiting(): Item[] {
    const files = this.#items.filter(({ state }) => state === 'waiting');
    return this.dueMarker === undefined ? files : [this.dueMarker];
  }

  /** The marker, once all files are there and it is not. */
  get dueMarker(): Item | undefined {
    const isDue = this.#filesLeft === 0 && this.#marker?.state === 'waiting';
    return isDue ? this.#marker : undefined;
  }

  get isWhole(): boolean {
    return this.#filesLeft === 0 && (this.#marker === undefined || this.#marker.state === 'there');
  }

  /** What was broken off for want of time was no try. */
  get wasTried(): boolean {
    return this.#attempts.length > Number(this.#wasCut);
  }

  get #all(): Item[] {
    return this.#marker === undefined ? this.#items : [...this.#items, this.#marker];
  }

  /** An attempt begins with the first of its files. */
  begin(atMs: number): void {
    this.#tried ??= { sinceMs: atMs, items: new Set() };
  }

  arrived(item: Item, atMs: number): void {
    item.state = 'there';
    if (item !== this.#marker) this.#filesLeft -= 1;
    item.line = sentLine(atMs, item.file.path);
    this.#tried?.items.add(item);
  }

  failed(item: Item, error: unknown, atMs: number): void {
    if (error instanceof PermanentError) item.state = 'hopeless';
    item.line = failedLine(atMs, item.file.path, error, this.#target);
    this.#tried?.items.add(item);
  }

  /** For want of time. */
  cut(item: Item, error: unknown, atMs: number): void {
    this.#wasCut = true;
    this.failed(item, error, atMs);
  }

  /** Ends an attempt, if one was begun. */
  endAttempt(nowMs: number): void {
    const tried = this.#tried;
    this.#tried = undefined;
    if (tried === undefined || tried.items.size === 0) return;
    this.#attempts.push({
      atMs: tried.sinceMs,
      durationMs: nowMs - tried.sinceMs,
      outcome: this.isWhole ? 'sent' : 'failed',
      message: attemptMessage(linesOf(this.#all.filter((item) => tried.items.has(item)))),
    });
  }

  get sent(): Sent {
    const there = this.#items.filter(({ state }) => state === 'there');
    return {
      isWhole: this.isWhole,
      lines: linesOf(this.#all),
      there: there.map(({ file }) => file.path),
      attempts: this.#attempts,
    };
  }
}

function linesOf(items: readonly Item[]): string[] {
  return items.flatMap(({ line }) => line ?? []);
}
