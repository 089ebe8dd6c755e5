import { boxPrefixes, keys, prefixes } from '../../lambdas/convos/contract.ts';
import type { EraseJob } from '../../lambdas/convos/contract.ts';
import { nonceOf, threadId } from '../../lambdas/convos/message.ts';
import { lastUlidAt } from '../../lambdas/shared/identifier.ts';
import { ConvosApp } from './convos-app.ts';
import type { Handling } from './convos-app.ts';
import { ConvosModel } from './convos-model.ts';
import { amy, bob, cat, messagesOf, threadsOf, unreadOf } from './convos-people.ts';
import { answerLost, diesAfter, diesBefore, refused } from './convos-races.ts';
import { ConvosWitness } from './convos-witness.ts';
import type { Trouble } from './convos-witness.ts';
import { make } from './convos-wish.ts';
import type { Wish } from './convos-wish.ts';
import { contradictions } from './convo-recount.ts';
import type { Fault, FaultPlan } from './faulty.ts';
import { seededRandom } from './seeded-random.ts';

const newThreadsPerHour = 2;
const minuteMs = 60_000;
const ulidLength = 26;
const people = [amy, bob, cat];
const texts = ['short', 'another', 'x'.repeat(60)];
const faultsByName = {
  refused,
  lost: answerLost,
  twice: { kind: 'twice' },
  'dies before': diesBefore,
  'dies after': diesAfter,
} as const satisfies Record<string, Fault>;
export type FaultName = keyof typeof faultsByName | 'none';
const noTrouble: Trouble = { refused: 0, lost: 0, deaths: 0 };

/** What somebody does; numbers choose among what there is. */
export interface Deed {
  kind: Wish['kind'] | 'erase' | 'relay' | 'upkeep';
  who: number;
  whom: number;
  pick: number;
  read: boolean;
  text: number;
  /** Undefined: without. */
  key: number | undefined;
  /** By how much the clock of its function is ahead. */
  aheadMs: number;
  /** What goes wrong, by calls in order. */
  faults: FaultName[];
}

/** What happens at the same time, in which order its calls take effect, and what time passes then. */
export interface Step {
  deeds: Deed[];
  order: number;
  pauseMs: number;
}

/** Plays steps against convos in memory, and against the model of what people should have. */
export class ConvosScenario {
  readonly app: ConvosApp;
  readonly model: ConvosModel;
  readonly witness: ConvosWitness;
  /** The latest erasure of each user, and the messages and blocks that it had then. */
  readonly #erasures = new Map<string, { job: EraseJob; had: string[]; blocks: string[] }>();
  #isErasing = false;

  readonly #slow: boolean;

  /** @param slow transactions are applied item by item: then what is read meanwhile is not judged */
  constructor(seed: number, { slow, startsAt }: { slow: boolean; startsAt: string }) {
    this.#slow = slow;
    this.app = new ConvosApp({
      slow,
      settings: { newThreadsPerHour },
      unreliable: { random: seededRandom(seed), duplicateRate: 0.2 },
      maxReceiveCount: 1_000,
    });
    this.app.clock.advanceTo(Date.parse(startsAt));
    this.model = new ConvosModel(this.app.clock.now, newThreadsPerHour);
    this.witness = new ConvosWitness(this.app, this.model);
  }

  async run({ deeds, order, pauseMs }: Step): Promise<void> {
    const parties = deeds.map((deed) => async () => this.#do(deed));
    await this.app.turns.together(parties, seededRandom(order));
    // The stream forgets what is a day old; the relay is never that late.
    if (pauseMs > minuteMs) await this.app.relay();
    this.app.clock.advance(pauseMs);
  }

  async end(): Promise<void> {
    await this.app.settle(this.witness.upkeep);
    this.#isErasing = false;
  }

  /** What does not fit right after a step. An erasure that is half done leaves counts behind for moments. */
  async wrongAtOnce(): Promise<string[]> {
    const wrong = this.#slow ? [] : [...this.witness.wrong, ...this.model.wrong];
    if (this.#isErasing) return wrong;
    wrong.push(...(await contradictions(this.app.stores, people)));
    if (this.#slow) return wrong;
    for (const user of people) {
      wrong.push(
        ...differences(
          `unread of ${user}`,
          await unreadOf(this.app, user),
          this.model.unreadOf(user),
        ),
        ...differences(
          `threads of ${user}`,
          await threadsOf(this.app, user),
          this.model.threadsOf(user),
        ),
      );
    }
    return wrong;
  }

  async wrongInTheEnd(): Promise<string[]> {
    const { app, model } = this;
    const wrong = [...(await this.wrongAtOnce()), ...this.#leftTexts()];
    if (this.#slow) return wrong;
    for (const user of people) {
      for (const folder of ['inbox', 'outbox'] as const) {
        const [is, should] = [await threadsOf(app, user, folder, 2), model.threadsOf(user, folder)];
        wrong.push(...differences(`${folder} of ${user}`, is, should));
      }
      for (const { id } of model.threadsOf(user)) {
        const should = model.messagesOf(user, id.slice(threadId('').length));
        wrong.push(...differences(`messages of ${user}`, await messagesOf(app, user, id), should));
      }
      wrong.push(...this.#leftOf(user));
    }
    return [...wrong, ...this.#untold(), ...(await this.#unfinished())];
  }

  /** Copies and sides that are stored: those that people have, and no others. */
  #leftOf(user: string): string[] {
    const sortKeys = (prefix: string) =>
      this.app.stores.table.rows(keys.box(user), prefix).map(({ sk }) => String(sk));
    const copies = [...this.model.said.values()]
      .filter(({ readBy }) => readBy.has(user))
      .map(({ thread, ulid }) => keys.copy(user, thread, ulid).sk);
    const sides = [...this.model.threads]
      .filter(([, { parties }]) => parties.has(user))
      .map(([thread]) => keys.side(user, thread).sk);
    return [
      ...differences(`copies of ${user}`, sortKeys(boxPrefixes.copy), copies.toSorted()),
      ...differences(`sides of ${user}`, sortKeys(boxPrefixes.side), sides.toSorted()),
    ];
  }

  /** Texts that are stored: those of which there is a copy, and no others. */
  #leftTexts(): string[] {
    const { all } = this.app.stores.table;
    const messages = all.filter(({ pk, body }) => isOf(pk, prefixes.message) && body !== undefined);
    const copies = all.filter(({ sk }) => isOf(sk, boxPrefixes.copy));
    const wanted = copies.map(({ sk }) => keys.message(nonceOf(String(sk).slice(-ulidLength))).pk);
    const stored = messages.map(({ pk }) => String(pk));
    return differences('texts', stored.toSorted(), [...new Set(wanted)].toSorted());
  }

  #untold(): string[] {
    const { events, parked, deadLetters } = this.app;
    const types = new Map(events.map(({ id, type }) => [id, type]));
    const told = (type: string) => [...types.values()].filter((one) => one === type).length;
    return [
      ...differences('messages told', told('message.sent'), this.model.said.size),
      ...differences('threads told', told('thread.created'), this.model.threads.size),
      ...differences('readings told', told('message.read'), this.model.readings),
      ...differences('given up', [parked, deadLetters.messages()], [[], []]),
    ];
  }

  async #unfinished(): Promise<string[]> {
    const wrong: string[] = [];
    for (const [ref, { job, had, ...then }] of this.#erasures) {
      const { erasureId, startedAt } = job;
      const removed = this.witness.erased.get(erasureId) ?? 0;
      const is = await this.app.stores.upkeep.erasure(ref);
      wrong.push(...differences(`erasure of ${ref}`, is, { erasureId, removed, done: true }));
      const upTo = lastUlidAt(Date.parse(startedAt));
      const left = had.filter((ulid) => ulid <= upTo && this.model.said.get(ulid)?.readBy.has(ref));
      const blocks = [...this.model.blocks.values()].filter(
        (ulid) => ulid <= upTo && then.blocks.includes(ulid),
      );
      if (left.length + blocks.length > 0) wrong.push(`${ref} has something of before`);
    }
    return wrong;
  }

  async #do(deed: Deed): Promise<void> {
    const { app, witness } = this;
    const { plan: faults, trouble } = troubleOf(deed.faults);
    if (deed.kind === 'erase') {
      const ref = at(people, deed.who) ?? '';
      const job = app.startErasure(ref);
      const had = [...this.model.said.values()].filter(({ readBy }) => readBy.has(ref));
      // Of two in one millisecond the greater id counts as the later one.
      if ((this.#erasures.get(ref)?.job.erasureId ?? '') < job.erasureId) {
        const blocks = [...this.model.blocks].filter(([pair]) => pair.startsWith(`${ref} `));
        this.#erasures.set(ref, {
          job,
          had: had.map(({ ulid }) => ulid),
          blocks: blocks.map(([, ulid]) => ulid),
        });
      }
      this.#isErasing = true;
    } else if (deed.kind === 'relay') {
      await app.relay({ faults });
    } else if (deed.kind === 'upkeep') {
      await app.runUpkeep({ ...witness.upkeep, faults }, { runs: 1, concurrency: 2 });
    } else {
      const wish = this.#wishOf(deed, deed.kind);
      if (!wish) return;
      const { aheadMs } = deed;
      const asked = async (handling: Handling) => make(app, wish, { ...handling, faults, aheadMs });
      const { status } = await witness.judged(wish, asked, trouble);
      // Who hears nothing but that it died asks again.
      if (status !== 500) return;
      const again = async (handling: Handling) => make(app, wish, { ...handling, aheadMs });
      await witness.judged(wish, again, noTrouble);
    }
  }

  #wishOf(deed: Deed, kind: Wish['kind']): Wish | undefined {
    const who = at(people, deed.who) ?? '';
    const whom = at(people, deed.who + 1 + (deed.whom % 2)) ?? '';
    const thread = latestOf([...this.model.threads.keys()], deed.pick);
    const message = latestOf([...this.model.said.keys()], deed.pick);
    const body = at(texts, deed.text) ?? '';
    const key = deed.key === undefined ? undefined : `key ${deed.key}`;
    switch (kind) {
      case 'start':
        return { kind, who, whom, subject: 'Lunch?', body, key };
      case 'block':
      case 'unblock':
        return { kind, who, whom };
      case 'count':
        return { kind, who };
      case 'reply':
        return thread === undefined ? undefined : { kind, who, thread, body, key };
      case 'mark':
        return message === undefined ? undefined : { kind, who, message, read: deed.read };
      case 'delete message':
        return message === undefined ? undefined : { kind, who, message };
      case 'delete thread':
      case 'read thread':
      case 'look':
        return thread === undefined ? undefined : { kind, who, thread };
      default:
        return kind satisfies never;
    }
  }
}

function troubleOf(names: readonly FaultName[]): { plan: FaultPlan; trouble: Trouble } {
  const left = [...names];
  const trouble: Trouble = { refused: 0, lost: 0, deaths: 0 };
  const plan: FaultPlan = () => {
    const name = left.shift();
    if (name === undefined || name === 'none') return undefined;
    if (name === 'refused') trouble.refused += 1;
    // Done by a library's repeat, a call is told what the second time found.
    if (name === 'lost' || name === 'twice') trouble.lost += 1;
    if (name === 'dies before' || name === 'dies after') trouble.deaths += 1;
    return faultsByName[name];
  };
  return { plan, trouble };
}

function isOf(key: unknown, prefix: string): boolean {
  return typeof key === 'string' && key.startsWith(prefix);
}

function at<T>(items: readonly T[], index: number): T | undefined {
  return items[index % items.length];
}

/** One of the latest four: around them something is still under way. */
function latestOf(items: readonly string[], pick: number): string | undefined {
  return items.at(-1 - (pick % Math.min(items.length, 4)));
}

function differences(what: string, is: unknown, should: unknown): string[] {
  const [one, other] = [JSON.stringify(is), JSON.stringify(should)];
  return one === other ? [] : [`${what}: ${one}, not ${other}`];
}
