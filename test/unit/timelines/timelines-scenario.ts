import { TransientError } from '../../../lambdas/shared/errors.ts';
import { notify, postAction } from '../../../lambdas/timelines/post-action.ts';
import { readTimeline } from '../../../lambdas/timelines/read-timeline.ts';
import type { TimelinesSettings } from '../../../lambdas/timelines/settings.ts';
import type { FaultPlan } from '../../support/faulty.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import {
  deliverChanges,
  deliverDue,
  deliverJobs,
  settle,
} from '../../support/in-memory-timelines-delivery.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { mistakes, shownInSpite, wrongOrder } from './timeline-specification.ts';
import type { History } from './timeline-specification.ts';

export type Operation =
  | { kind: 'follow' | 'unfollow' | 'notify'; who: number; whom: number }
  | { kind: 'post'; who: number; self: boolean; offset: number; dies: number | undefined }
  | { kind: 'delete'; pick: number }
  | { kind: 'remove'; who: number; pick: number }
  | { kind: 'read'; who: number }
  | {
      kind: 'changes' | 'plans' | 'chunks' | 'upkeep';
      most: number;
      dies: { at: number; lost: boolean } | undefined;
    }
  | { kind: 'hold lists' | 'deliver all' };

/** What happens at the same time, in which order its calls take effect, and what time passes then. */
export interface Step {
  operations: Operation[];
  order: number;
  pause: number;
}

const people = ['user:amy', 'user:bob', 'project:cat'];

/** The index of followers is never later than this. */
const longestLagMs = 30_000;

/** Plays steps against the application in memory, and keeps what people were answered. */
export class TimelinesScenario {
  readonly app: TimelinesApp;
  readonly #history: Omit<History, 'follows'> = { posts: [], notes: [], removed: [] };
  #listsHeldAt: number | undefined;
  #keys = 0;

  constructor(settings: Partial<TimelinesSettings>, seed: number) {
    const unreliable = { random: seededRandom(seed), duplicateRate: 0.2 };
    this.app = new TimelinesApp({ settings, maxReceiveCount: 1_000, unreliable });
  }

  async run({ operations, order, pause }: Step): Promise<void> {
    const parties = operations.map((operation) => async () => this.#do(operation));
    await this.app.turns.together(parties, seededRandom(order));
    const { clock, follows } = this.app;
    clock.advance(pause * 1000);
    if (this.#listsHeldAt !== undefined && clock.now() > this.#listsHeldAt + longestLagMs) {
      follows.releaseLists();
      this.#listsHeldAt = undefined;
    }
  }

  /** Everybody reads, after all has been delivered; what that sets going is waited for too. */
  async end(): Promise<void> {
    await settle(this.app);
    for (const owner of people) await readTimeline(this.app.parts(), owner);
    await settle(this.app);
  }

  async wrongAtOnce(): Promise<string[]> {
    const { settings } = this.app;
    return this.#ofEverybody((owner, shown) => [
      ...wrongOrder(shown, settings.keep),
      ...shownInSpite(this.#whole(), settings, owner, shown),
    ]);
  }

  async wrongInTheEnd(): Promise<string[]> {
    const { settings, deadLetters, parked, events } = this.app;
    const wrong = await this.#ofEverybody((owner, shown) =>
      mistakes(this.#whole(), settings, owner, shown),
    );
    wrong.push(...(await this.#leftovers()));
    if (deadLetters.messages().length > 0 || parked.length > 0)
      wrong.push('something was given up');
    const { posts } = this.#history;
    const told = new Set(events.map(({ id }) => id)).size;
    const wanted = posts.length + posts.filter(({ deleted }) => deleted).length;
    return told === wanted ? wrong : [...wrong, `${told} events, not ${wanted}`];
  }

  async #ofEverybody(
    wrongOf: (owner: string, shown: readonly string[]) => string[],
  ): Promise<string[]> {
    const wrong: string[] = [];
    for (const owner of people) wrong.push(...wrongOf(owner, await this.app.shown(owner)));
    return wrong;
  }

  /** What is stored although it can never be shown again. */
  async #leftovers(): Promise<string[]> {
    const { privates, publics, spans, settings } = this.app;
    const ended = new Set(
      spans.flatMap((span) =>
        span.endedAtMs !== undefined && settings.removeOnUnfollow ? span.followId : [],
      ),
    );
    const left: string[] = [];
    for (const owner of people) {
      const { rows } = await privates.read(owner, { order: 'desc', limit: 10_000 });
      const { merged } = await privates.head(owner);
      const copies = rows.filter((row) => row.kind === 'copy');
      for (const { followId, actor, ulid } of copies) {
        const row = await publics.get(actor, ulid);
        if (ended.has(followId) || row?.retracted !== false) left.push(`${owner} holds ${ulid}`);
      }
      for (const { followId, actor } of merged) {
        if (ended.has(followId)) left.push(`${owner} still merges ${actor}`);
      }
    }
    return left;
  }

  #whole(): History {
    return { ...this.#history, follows: this.app.spans };
  }

  async #do(operation: Operation): Promise<void> {
    const { app } = this;
    switch (operation.kind) {
      case 'follow':
      case 'unfollow':
        if (operation.who === operation.whom) return;
        await app[operation.kind](personAt(operation.who), personAt(operation.whom));
        break;
      case 'post':
        await this.#post(operation);
        break;
      case 'delete':
        await this.#delete(operation.pick);
        break;
      case 'notify':
        await this.#notify(personAt(operation.who), personAt(operation.whom));
        break;
      case 'remove':
        await this.#remove(personAt(operation.who), operation.pick);
        break;
      case 'read':
        await readTimeline(app.parts(), personAt(operation.who));
        break;
      case 'hold lists':
        app.follows.holdLists();
        this.#listsHeldAt ??= app.clock.now();
        break;
      case 'deliver all':
        await deliverDue(app);
        break;
      case 'changes':
        await deliverChanges(app, deathAt(operation.dies));
        break;
      case 'plans':
      case 'chunks':
      case 'upkeep': {
        const { kind, most, dies } = operation;
        await deliverJobs(app, kind, { most, ...(dies && { faults: deathAt(dies) }) });
        break;
      }
    }
  }

  async #post({ who, self, offset, dies }: Extract<Operation, { kind: 'post' }>): Promise<void> {
    const { app } = this;
    const posting = { idempotencyKey: `key ${++this.#keys}`, scope: [], self };
    const action = { verb: 'like', at: app.clock.now() + offset * 1000 };
    const attempt = async (faults?: FaultPlan) =>
      postAction(app.parts(faults), personAt(who), action, posting);
    if (dies !== undefined) {
      await attempt(deathAt({ at: dies + 1, lost: true })).catch(() => undefined);
    }
    const posted = await attempt();
    const row = await app.publics.get(posted.actor, posted.ulid);
    if (!row || row.retracted) throw new Error('it was posted and is not there');
    this.#history.posts.push({ ...row, deleted: false });
  }

  async #delete(pick: number): Promise<void> {
    const { app } = this;
    const { posts } = this.#history;
    // Most of all the latest ones: around them something is still under way.
    const post = posts.at(-1 - (pick % Math.min(posts.length, 4)));
    if (!post) return;
    const { publics, now } = app.parts();
    const at = { nowMs: now(), erased: false };
    if (!(await publics.retract(post.actor, post.ulid, at))) return;
    if (post.deleted) throw new Error('it was deleted twice');
    post.deleted = true;
  }

  async #notify(owner: string, actor: string): Promise<void> {
    const posting = { idempotencyKey: undefined, scope: [] };
    const note = await notify(this.app.parts(), owner, actor, { verb: 'like' }, posting);
    this.#history.notes.push({ owner, ulid: note.ulid });
  }

  async #remove(owner: string, pick: number): Promise<void> {
    const shown = await this.app.shown(owner);
    const ulid = shown[pick % shown.length];
    if (ulid === undefined) return;
    await this.app.parts().privates.markRemoved(owner, ulid);
    this.#history.removed.push({ owner, ulid });
  }
}

function personAt(index: number): string {
  return people[index] ?? '';
}

/** A function that ends at its n-th call, before it takes effect or after. */
function deathAt(dies: { at: number; lost: boolean } | undefined): FaultPlan {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls !== dies?.at) return undefined;
    return { kind: dies.lost ? 'answer lost' : 'refused', error: new TransientError('died') };
  };
}
