import type { FollowsRead } from '../follows/follows-read.ts';
import { firstUlidAt } from '../shared/identifier.ts';
import type { Clock } from '../shared/identifier.ts';
import type { Log } from '../shared/log.ts';
import { happenedAt, matches } from './action.ts';
import type { Action, ActionFilter } from './action.ts';
import type { ActionCatalogue } from './action-catalogue.ts';
import { mergedRows } from './merged-rows.ts';
import type { ReadPiece } from './merged-rows.ts';
import { reachesFollower } from './reaches-follower.ts';
import type { TimelinesSettings } from './settings.ts';
import type {
  Head,
  MergedActor,
  Order,
  PrivateRow,
  PrivateTimelines,
  PublicRow,
  PublicTimelines,
} from './timeline-store.ts';

/** What lists of a private timeline are read from. */
export interface PrivateTimelineParts {
  privates: PrivateTimelines;
  publics: PublicTimelines;
  follows: FollowsRead;
  catalogue: ActionCatalogue;
  settings: TimelinesSettings;
  now: Clock;
  log: Log;
}

/** Where a list goes on. */
export interface PrivatePosition {
  /** Last action given, exclusive. */
  after: string;
  /** Actions passed so far, of any filter: the timeline ends at `keep`. */
  passed: number;
  /** Ascending lists begin at the oldest action that is kept. */
  oldest?: string;
}

export interface ReadAction extends Action {
  /** Happened before the read mark. What lies in the future is neither read nor unread. */
  read: boolean;
}

/** Rows read beyond a page, for removal marks and copies that came twice. */
const spareRows = 2;

/** Rows a piece when counting or filtering, where most are passed over. */
const longPiece = 250;

/** Largest number that counts give. */
export const countCap = 10_000;

type Row = PrivateRow | { kind: 'own' | 'merged'; ulid: string; row: PublicRow; via?: MergedActor };

/** Follows that have ended and take their actions along; an erasure's do that whatever the setting. */
export async function endedFollows(
  { follows, settings }: Pick<PrivateTimelineParts, 'follows' | 'settings'>,
  owner: string,
): Promise<Set<string>> {
  return follows.endedFollows(owner, settings.removeOnUnfollow ? undefined : 'erased');
}

/**
 * A private timeline: copies and notifications, with the owner's own public timeline and those of
 * actors with too many followers merged in. It ends after the newest `keep` actions.
 *
 * An action shows once, whatever number of rows stands for it; not at all when the owner removed it,
 * when the only copies came through follows that have ended, or when its verb is no longer declared.
 */
export class PrivateTimeline {
  readonly #parts: PrivateTimelineParts;
  readonly #owner: string;
  readonly #head: Pick<Head, 'readMark' | 'merged'>;
  readonly #ended: Set<string>;

  constructor(
    parts: PrivateTimelineParts,
    owner: string,
    head: Pick<Head, 'readMark' | 'merged'>,
    ended: Set<string>,
  ) {
    this.#parts = parts;
    this.#owner = owner;
    this.#head = head;
    this.#ended = ended;
  }

  /** Newest first unless asked; `next` is where the list goes on, absent at its end. */
  async list(options: {
    order: Order;
    filter: ActionFilter;
    limit: number;
    from?: PrivatePosition;
  }): Promise<{ items: ReadAction[]; next?: PrivatePosition }> {
    const { order, filter, limit, from } = options;
    const oldest = order === 'asc' ? (from?.oldest ?? (await this.#begin())) : undefined;
    const filtered = filter.verb !== undefined || filter.target !== undefined;
    const items: ReadAction[] = [];
    let passed = from?.passed ?? 0;
    let next: PrivatePosition | undefined;
    const walk = this.#walk({
      order,
      limit: filtered ? longPiece : limit + spareRows,
      ...(from && { after: from.after }),
      ...(oldest !== undefined && { oldest }),
    });
    for await (const action of walk) {
      if (passed === this.#parts.settings.keep) break;
      const wanted = matches(filter, action);
      if (wanted && items.length === limit) return { items, next };
      passed += 1;
      if (!wanted) continue;
      items.push({ ...action, read: this.#isRead(action) });
      next = { after: action.ulid, passed, ...(oldest !== undefined && { oldest }) };
    }
    return { items };
  }

  /** Actions that match; exact up to `countCap`. */
  async count(filter: ActionFilter): Promise<{ count: number; capped: boolean }> {
    return this.#countWhere((action) => matches(filter, action));
  }

  /** Actions that match, from the read mark (inclusive) to now. */
  async countUnread(filter: ActionFilter): Promise<{ count: number; capped: boolean }> {
    const now = this.#parts.now();
    const mark = this.#head.readMark ?? 0;
    return this.#countWhere(
      (action) => happenedAt(action) <= now && matches(filter, action),
      firstUlidAt(mark),
    );
  }

  /** Whether the owner sees this action at present; then the rows that are copies of it. */
  async find(ulid: string): Promise<Action | undefined> {
    const at = { oldest: ulid, newest: ulid };
    for await (const action of this.#walk({ order: 'desc', limit: spareRows + 1, ...at })) {
      if (action.ulid === ulid) return action;
    }
    return undefined;
  }

  async #countWhere(
    wanted: (action: Action) => boolean,
    oldest?: string,
  ): Promise<{ count: number; capped: boolean }> {
    let [count, passed] = [0, 0];
    const walk = this.#walk({
      order: 'desc',
      limit: longPiece,
      ...(oldest !== undefined && { oldest }),
    });
    for await (const action of walk) {
      if (passed === this.#parts.settings.keep) break;
      passed += 1;
      if (!wanted(action)) continue;
      if (count === countCap) return { count, capped: true };
      count += 1;
    }
    return { count, capped: false };
  }

  /** The ULID of the last of the newest `keep` actions; undefined while there are fewer. */
  async oldestKept(): Promise<string | undefined> {
    let passed = 0;
    for await (const action of this.#walk({ order: 'desc', limit: longPiece })) {
      passed += 1;
      if (passed === this.#parts.settings.keep) return action.ulid;
    }
    return undefined;
  }

  async #begin(): Promise<string> {
    return (await this.oldestKept()) ?? firstUlidAt(0);
  }

  #isRead(action: Action): boolean {
    const at = happenedAt(action);
    return at <= this.#parts.now() && at < (this.#head.readMark ?? 0);
  }

  async *#walk(range: {
    order: Order;
    limit: number;
    after?: string;
    oldest?: string;
    newest?: string;
  }): AsyncGenerator<Action> {
    const { privates, publics } = this.#parts;
    const fromPublic =
      (actor: string, via?: MergedActor): ReadPiece<Row> =>
      async (piece) => {
        const { rows, more } = await publics.read(actor, piece);
        const kind = via ? 'merged' : 'own';
        return {
          rows: rows.map((row) => ({ kind, ulid: row.ulid, row, ...(via && { via }) })),
          more,
        };
      };
    const sources: ReadPiece<Row>[] = [
      async (piece) => privates.read(this.#owner, piece),
      fromPublic(this.#owner),
      ...this.#head.merged
        .filter(({ followId }) => !this.#ended.has(followId))
        .map((via) => fromPublic(via.actor, via)),
    ];
    for await (const group of mergedRows(sources, range)) {
      const action = this.#visible(group);
      if (action) yield action;
    }
  }

  /** The action that these rows, all of one ULID, show; or nothing. */
  #visible(rows: readonly Row[]): Action | undefined {
    if (rows.some(({ kind }) => kind === 'removed')) return undefined;
    for (const row of rows) {
      const action = this.#shownBy(row);
      if (!action) continue;
      if (this.#parts.catalogue.declares(action.actor, action.verb)) return action;
      this.#parts.log.warn('action left out: its verb is not declared', {
        action: action.ulid,
        verb: action.verb,
      });
      return undefined;
    }
    return undefined;
  }

  #shownBy(row: Row): Action | undefined {
    if (row.kind === 'note') return row;
    if (row.kind === 'copy') return this.#ended.has(row.followId) ? undefined : row;
    if (row.kind === 'removed' || row.row.retracted) return undefined;
    const { via, row: action } = row;
    return !via || reachesFollower(action, via, this.#parts.settings) ? action : undefined;
  }
}
