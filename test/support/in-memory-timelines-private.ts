import type { Action } from '../../lambdas/timelines/action.ts';
import type {
  CopyKey,
  Head,
  MergedActor,
  Note,
  Piece,
  PrivateRow,
  PrivateTimelines,
  Range,
} from '../../lambdas/timelines/timeline-store.ts';
import { pieceOf } from './in-memory-timelines-pieces.ts';

interface Timeline {
  rows: Map<string, PrivateRow>;
  head: Partial<Omit<Head, 'merged'>> | undefined;
  merged: Map<string, MergedActor>;
}

/** Private timelines in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryPrivateTimelines implements PrivateTimelines {
  readonly #timelines = new Map<string, Timeline>();
  readonly #kept = new Map<string, { owner: string; followId: string }[]>();

  read(owner: string, range: Range): Promise<Piece<PrivateRow>> {
    return Promise.resolve(pieceOf([...this.#of(owner).rows.values()], range, keyOf));
  }

  writeCopies(copies: readonly ({ owner: string; followId: string } & Action)[]): Promise<void> {
    for (const { owner, followId, ...action } of copies) {
      this.#put(owner, { kind: 'copy', followId, ...actionOf(action) });
    }
    return Promise.resolve();
  }

  deleteCopies(copies: readonly CopyKey[]): Promise<void> {
    for (const { owner, ulid, followId } of copies) {
      this.#of(owner).rows.delete(`${ulid}#${followId}`);
    }
    return Promise.resolve();
  }

  addNote(owner: string, note: Note): Promise<void> {
    this.#put(owner, { kind: 'note', ...actionOf(note), postedAt: note.postedAt });
    return Promise.resolve();
  }

  deleteNotes(notes: readonly { owner: string; ulid: string }[]): Promise<void> {
    for (const { owner, ulid } of notes) this.#of(owner).rows.delete(`${ulid}#~note`);
    return Promise.resolve();
  }

  async deleteNotesPostedBy(
    notes: readonly { owner: string; ulid: string }[],
    atMs: number,
  ): Promise<number> {
    const old = notes.filter(({ owner, ulid }) => {
      const row = this.#of(owner).rows.get(`${ulid}#~note`);
      return row?.kind === 'note' && row.postedAt <= atMs;
    });
    await this.deleteNotes(old);
    return old.length;
  }

  notesBy(
    actor: string,
    { after = '', limit }: { after?: string; limit: number },
  ): Promise<{ owner: string; ulid: string }[]> {
    const notes = [...this.#timelines].flatMap(([owner, { rows }]) =>
      [...rows.values()].flatMap((row) =>
        row.kind === 'note' && row.actor === actor && row.ulid > after
          ? [{ owner, ulid: row.ulid }]
          : [],
      ),
    );
    return Promise.resolve(notes.toSorted((a, b) => (a.ulid < b.ulid ? -1 : 1)).slice(0, limit));
  }

  markRemoved(owner: string, ulid: string): Promise<void> {
    this.#put(owner, { kind: 'removed', ulid });
    return Promise.resolve();
  }

  deleteMarks(removed: readonly { owner: string; ulid: string }[]): Promise<void> {
    for (const { owner, ulid } of removed) this.#of(owner).rows.delete(`${ulid}#~removed`);
    return Promise.resolve();
  }

  deleteHead(owner: string, atMs: number): Promise<void> {
    const timeline = this.#of(owner);
    if ((timeline.head?.lastReadAt ?? atMs) <= atMs) timeline.head = undefined;
    return Promise.resolve();
  }

  head(owner: string): Promise<Head> {
    const { head, merged } = this.#of(owner);
    return Promise.resolve({ rebuildOwed: false, ...head, merged: [...merged.values()] });
  }

  lastReads(owners: readonly string[]): Promise<(number | undefined)[]> {
    return Promise.resolve(owners.map((owner) => this.#of(owner).head?.lastReadAt));
  }

  touch(owner: string, nowMs: number, rebuildOwed: boolean): Promise<void> {
    this.#changeHead(owner, { lastReadAt: nowMs, ...(rebuildOwed && { rebuildOwed }) });
    return Promise.resolve();
  }

  rebuilt(owner: string): Promise<void> {
    this.#changeHead(owner, { rebuildOwed: false });
    return Promise.resolve();
  }

  setReadMark(owner: string, atMs: number, force: boolean): Promise<number> {
    const before = this.#of(owner).head?.readMark ?? -1;
    const readMark = force ? atMs : Math.max(before, atMs);
    this.#changeHead(owner, { readMark });
    return Promise.resolve(readMark);
  }

  writeMerged(merged: readonly ({ owner: string } & MergedActor)[]): Promise<void> {
    for (const { owner, actor, followId, until } of merged) {
      const one = { actor, followId, ...(until !== undefined && { until }) };
      this.#of(owner).merged.set(followId, one);
    }
    return Promise.resolve();
  }

  deleteMerged(merged: readonly { owner: string; followId: string }[]): Promise<void> {
    for (const { owner, followId } of merged) this.#of(owner).merged.delete(followId);
    return Promise.resolve();
  }

  async keep(actor: string, kept: { owner: string; followId: string }): Promise<void> {
    await this.forgetKept(actor, kept);
    this.#kept.set(actor, [...(this.#kept.get(actor) ?? []), { ...kept }]);
  }

  kept(
    actor: string,
    { after = '', limit }: { after?: string; limit: number },
  ): Promise<Piece<{ owner: string; followId: string }>> {
    const rows = (this.#kept.get(actor) ?? [])
      .filter((one) => nameOf(one) > after)
      .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    return Promise.resolve({ rows: rows.slice(0, limit), more: rows.length > limit });
  }

  forgetKept(actor: string, kept: { owner: string; followId: string }): Promise<void> {
    const others = (this.#kept.get(actor) ?? []).filter((one) => nameOf(one) !== nameOf(kept));
    this.#kept.set(actor, others);
    return Promise.resolve();
  }

  #of(owner: string): Timeline {
    const timeline = this.#timelines.get(owner) ?? {
      rows: new Map(),
      head: undefined,
      merged: new Map(),
    };
    this.#timelines.set(owner, timeline);
    return timeline;
  }

  #put(owner: string, row: PrivateRow): void {
    this.#of(owner).rows.set(keyOf(row), row);
  }

  #changeHead(owner: string, change: Timeline['head']): void {
    const timeline = this.#of(owner);
    timeline.head = { ...timeline.head, ...change };
  }
}

/** Copies in the order of their follows, then the notification, then the mark of its removal. */
function keyOf(row: PrivateRow): string {
  return `${row.ulid}#${row.kind === 'copy' ? row.followId : `~${row.kind}`}`;
}

function nameOf({ owner, followId }: { owner: string; followId: string }): string {
  return `${owner}#${followId}`;
}

/** What of an action is stored; whoever writes may know more of it. */
function actionOf({ ulid, actor, verb, target, data }: Action): Action {
  return {
    ulid,
    actor,
    verb,
    ...(target !== undefined && { target }),
    ...(data !== undefined && { data }),
  };
}
