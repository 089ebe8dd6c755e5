import { retractionSeconds } from '../../lambdas/timelines/public-row.ts';
import { happenedAt } from '../../lambdas/timelines/action.ts';
import type {
  Piece,
  PublicAction,
  PublicRow,
  PublicTimelines,
  Range,
  Selection,
} from '../../lambdas/timelines/timeline-store.ts';
import { typeOf } from '../../lambdas/shared/resource-ref.ts';
import { pieceOf } from './in-memory-timelines-pieces.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';

type Image = NonNullable<StreamChange['after']>;

/**
 * Public timelines in memory; it passes the same contract tests as the table's adapter. Every change is
 * told to `onChange` with the images that the table's stream has of it.
 */
export class InMemoryPublicTimelines implements PublicTimelines {
  readonly #rows = new Map<string, Map<string, PublicRow>>();
  readonly #onChange: (change: Omit<StreamChange, 'atMs'>) => void;

  constructor(onChange: (change: Omit<StreamChange, 'atMs'>) => void = () => undefined) {
    this.#onChange = onChange;
  }

  add(action: PublicAction): Promise<void> {
    const rows = this.#of(action.actor);
    if (!rows.has(action.ulid)) {
      const { ulid, actor, verb, target, data, postedAt, self } = action;
      const row: PublicRow = {
        retracted: false,
        ulid,
        actor,
        verb,
        ...(target !== undefined && { target }),
        ...(data !== undefined && { data }),
        postedAt,
        self,
      };
      rows.set(ulid, row);
      this.#onChange({ keys: keysOf(row), after: imageOf(row) });
    }
    return Promise.resolve();
  }

  retract(
    actor: string,
    ulid: string,
    { nowMs, erased }: { nowMs: number; erased: boolean },
  ): Promise<boolean> {
    const row = this.#of(actor).get(ulid);
    if (!row || row.retracted) return Promise.resolve(false);
    const gone: PublicRow = { retracted: true, actor, ulid };
    this.#of(actor).set(ulid, gone);
    const expiresAt = Math.floor(nowMs / 1000) + retractionSeconds;
    const after = { retracted: true, expiresAt, ...(erased && { erased }) };
    this.#onChange({ keys: keysOf(row), before: imageOf(row), after });
    return Promise.resolve(true);
  }

  get(actor: string, ulid: string): Promise<PublicRow | undefined> {
    return Promise.resolve(this.#of(actor).get(ulid));
  }

  read(actor: string, range: Range): Promise<Piece<PublicRow>> {
    return Promise.resolve(this.#piece(actor, range));
  }

  readSelected(actor: string, selection: Selection, range: Range): Promise<Piece<PublicRow>> {
    return Promise.resolve(this.#piece(actor, range, (row) => selects(selection, row)));
  }

  count(
    actor: string,
    selection: Selection | 'all',
    verbs: readonly string[],
    cap: number,
  ): Promise<number> {
    const counted = [...this.#of(actor).values()].filter(
      (row) =>
        !row.retracted &&
        verbs.includes(row.verb) &&
        (selection === 'all' || selects(selection, row)),
    );
    return Promise.resolve(Math.min(counted.length, cap));
  }

  #piece(actor: string, range: Range, wanted: (row: PublicRow) => boolean = () => true) {
    return pieceOf([...this.#of(actor).values()].filter(wanted), range, ({ ulid }) => ulid);
  }

  #of(actor: string): Map<string, PublicRow> {
    const rows = this.#rows.get(actor) ?? new Map<string, PublicRow>();
    this.#rows.set(actor, rows);
    return rows;
  }
}

function selects(selection: Selection, row: PublicRow): boolean {
  if (row.retracted) return false;
  if (selection.by === 'target') {
    return row.target === selection.target && row.verb === (selection.verb ?? row.verb);
  }
  const targetType = row.target === undefined ? undefined : typeOf(row.target);
  return row.verb === selection.verb && targetType === selection.targetType;
}

function keysOf({ actor, ulid }: PublicRow) {
  return { pk: `PUB#${actor}`, sk: `${ulid}#` };
}

function imageOf(row: PublicRow): Image {
  if (row.retracted) return { retracted: true };
  const { ulid, verb, target, data, postedAt, self } = row;
  return {
    verb,
    target,
    data,
    ...(self && { self }),
    ...(postedAt !== happenedAt({ ulid }) && { postedAt }),
  };
}
