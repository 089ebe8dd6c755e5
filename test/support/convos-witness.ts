import type { OwnWrite } from '../../lambdas/convos/convo-store.ts';
import type { ApiAnswer } from './api-call.ts';
import type { ConvosApp, ConvosPorts, Handling } from './convos-app.ts';
import type { ConvosModel } from './convos-model.ts';
import { inShort } from './convos-wish.ts';
import type { SendWish, Wish } from './convos-wish.ts';

/** A request that is under way. */
interface Watch {
  wish: Wish;
  sinceMs: number;
  /** What could have been answered at any moment since it began. */
  plausible: Set<string>;
  /** What each of its effects is to be answered with. */
  effects: string[];
}

/** How many calls of a request went wrong. */
export interface Trouble {
  refused: number;
  lost: number;
  deaths: number;
}

/**
 * Sees when requests take effect, tells the model, and judges their answers: a request that had an effect
 * answers that; one that had none answers what was true at some moment while it was under way.
 */
export class ConvosWitness {
  readonly #model: ConvosModel;
  readonly #app: ConvosApp;
  readonly #underWay = new Set<Watch>();
  /** By erasure, the messages it took. */
  readonly erased = new Map<string, number>();
  readonly wrong: string[] = [];

  constructor(app: ConvosApp, model: ConvosModel) {
    this.#app = app;
    this.#model = model;
  }

  /**
   * Makes a request and judges it.
   *
   * @param trouble what went wrong on its way: each call whose answer was lost may be done again
   */
  async judged(
    wish: Wish,
    request: (handling: Handling) => Promise<ApiAnswer>,
    trouble: Trouble,
  ): Promise<ApiAnswer> {
    const sinceMs = this.#app.clock.now();
    const watch: Watch = { wish, sinceMs, plausible: new Set(), effects: [] };
    this.#underWay.add(watch);
    this.#lookAround();
    const answer = await request({ observed: (ports) => this.#told(ports, watch) });
    this.#lookAround();
    this.#underWay.delete(watch);
    const most = isSend(wish) ? 1 : 1 + trouble.lost;
    const said = inShort(wish, answer);
    const isExcused = answer.status === 500 ? trouble.deaths > 0 : isUnready(watch, said, trouble);
    if (watch.effects.length > most || !(isExcused || isTrue(watch, said))) {
      this.wrong.push(`${JSON.stringify(watch.wish)} was answered ${said}: ${summary(watch)}`);
    }
    return answer;
  }

  /** For the upkeep. */
  readonly upkeep: Handling = {
    observed: ({ store, blocks, upkeep }) => ({
      store: replaced(store, {
        changeOwn: async (write) => {
          const outcome = await store.changeOwn(write);
          if (outcome === 'done') this.#erasedFrom(write);
          return outcome;
        },
      }),
      blocks: replaced(blocks, {
        remove: async (block) => {
          const outcome = await blocks.remove(block);
          if (outcome === 'done') {
            this.#model.unblock(block.blocker, block.blocked, block.ulid);
            this.#lookAround();
          }
          return outcome;
        },
      }),
      upkeep: replaced(upkeep, {
        removeSide: async (side) => {
          const { store: stored } = this.#app.stores;
          const wasThere = await stored.side(side.owner, side.thread);
          await upkeep.removeSide(side);
          if (!wasThere || (await stored.side(side.owner, side.thread))) return;
          this.#model.leave(side.owner, side.thread);
          this.#lookAround();
        },
      }),
    }),
  };

  #told({ store, blocks, upkeep }: ConvosPorts, watch: Watch): ConvosPorts {
    const { wish } = watch;
    const effect = (answer: string) => {
      watch.effects.push(answer);
      this.#lookAround();
    };
    return {
      store: replaced(store, {
        send: async (write) => {
          const outcome = await store.send(write);
          const { ulid, thread } = write.message;
          if (outcome === 'sent' && isSend(wish)) {
            effect(`201 ${this.#model.send(wish, ulid, thread)}`);
          }
          return outcome;
        },
        changeOwn: async (write) => {
          const outcome = await store.changeOwn(write);
          if (outcome === 'done' && !isSend(wish)) effect(this.#model.change(wish));
          return outcome;
        },
      }),
      blocks: replaced(blocks, {
        add: async (block) => {
          const outcome = await blocks.add(block);
          if (outcome === 'done') {
            effect(this.#model.block(block.blocker, block.blocked, block.ulid));
          }
          return outcome;
        },
        remove: async (block) => {
          const outcome = await blocks.remove(block);
          if (outcome === 'done') {
            effect(this.#model.unblock(block.blocker, block.blocked, block.ulid));
          }
          return outcome;
        },
      }),
      upkeep,
    };
  }

  #erasedFrom({ side, erasure }: OwnWrite): void {
    const { owner, thread, cleared = '' } = side.after;
    const gone = this.#model.erase(owner, thread, cleared);
    if (erasure?.messages !== gone) this.wrong.push(`erased ${gone}, counted ${erasure?.messages}`);
    const id = erasure?.erasureId ?? '';
    this.erased.set(id, (this.erased.get(id) ?? 0) + gone);
    this.#lookAround();
  }

  #lookAround(): void {
    for (const { wish, sinceMs, plausible } of this.#underWay) {
      for (const answer of this.#model.answers(wish, sinceMs)) plausible.add(answer);
    }
  }
}

function isTrue({ wish, effects, plausible }: Watch, said: string): boolean {
  if (effects.includes(said)) return true;
  if (isSend(wish) && effects.length > 0) return said === '404' && plausible.has(said);
  // It was there, and then another request deleted it.
  if (said === '204' && plausible.has('there')) return plausible.has('404');
  return plausible.has(said);
}

/** A first look that fails is 503, before anything is done; whoever sends looks again. */
function isUnready({ wish, effects }: Watch, said: string, { refused, lost }: Trouble): boolean {
  return said === '503' && refused + lost > 0 && effects.length === 0 && !isSend(wish);
}

function isSend(wish: Wish): wish is SendWish {
  return wish.kind === 'start' || wish.kind === 'reply';
}

function summary({ effects, plausible }: Watch): string {
  return JSON.stringify({ effects, plausible: [...plausible] });
}

/** The same port, but for some of its functions. */
function replaced<Port extends object>(port: Port, functions: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, key): unknown {
      const other: unknown = Reflect.get(functions, key);
      if (other !== undefined) return other;
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
