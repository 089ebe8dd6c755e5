import { isDeepStrictEqual } from 'node:util';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { keys } from '../../lambdas/webhooks/contract.ts';
import type { Health, Hook } from '../../lambdas/webhooks/hook.ts';
import {
  healthOf,
  healthRow,
  healthy,
  hookOf,
  hookRow,
  markRow,
  subscriptionOf,
  subscriptionRow,
} from '../../lambdas/webhooks/hook-rows.ts';
import type { Row } from '../../lambdas/webhooks/hook-rows.ts';
import { markSeconds } from '../../lambdas/webhooks/hook-store.ts';
import type { HealthOwner, HookStore } from '../../lambdas/webhooks/hook-store.ts';
import type { Clock } from '../../lambdas/shared/identifier.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';

interface Key {
  pk: string;
  sk: string;
}

/** Hooks in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryHookStore implements HookStore {
  readonly #rows = new Map<string, Row>();
  readonly #now: Clock;
  readonly #onChange: (change: StreamChange) => void;

  /** @param onChange gets every change with the images that the table's stream has of it. */
  constructor(now: Clock = Date.now, onChange: (change: StreamChange) => void = () => undefined) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /** Every row as the table would hold it. */
  get rows(): Row[] {
    return [...this.#rows.values()];
  }

  async create(hook: Hook): Promise<'created' | 'exists'> {
    await Promise.resolve();
    if (this.#get(keys.hook(hook.ulid))) return 'exists';
    this.#set(keys.hook(hook.ulid), hookRow(hook));
    this.#set(keys.listed(hook.ulid), keys.listed(hook.ulid));
    this.#set(keys.owned(hook.owner, hook.ulid), subscriptionRow(hook));
    return 'created';
  }

  async read(ulid: string): Promise<Hook | undefined> {
    await Promise.resolve();
    return this.#hook(ulid);
  }

  async readWithHealth(ulid: string): Promise<{ hook: Hook; health: Health } | undefined> {
    await Promise.resolve();
    const hook = this.#hook(ulid);
    const health = this.#get(keys.health(ulid));
    return hook && { hook, health: health ? healthOf(health) : healthy };
  }

  async list(
    of: { owner: string | null } | 'all',
    { after, limit }: { after?: string | undefined; limit: number },
  ): Promise<{ hooks: Hook[]; after?: string | undefined }> {
    await Promise.resolve();
    const { pk } = of === 'all' ? keys.listed('') : keys.owned(of.owner, '');
    const ulids = this.#partition(pk)
      .map(({ sk }) => String(sk))
      .filter((ulid) => after === undefined || ulid < after)
      .toSorted()
      .toReversed();
    const page = ulids.slice(0, limit);
    const hooks = page.flatMap((ulid) => this.#hook(ulid) ?? []);
    return { hooks, ...(ulids.length > limit && { after: page.at(-1) }) };
  }

  async count(owner: string | null, upTo: number): Promise<number> {
    await Promise.resolve();
    return Math.min(upTo, this.#partition(keys.owned(owner, '').pk).length);
  }

  async subscriptions(owner: string | null) {
    await Promise.resolve();
    return this.#partition(keys.owned(owner, '').pk).map(subscriptionOf);
  }

  async replace(hook: Hook): Promise<'replaced' | 'changed'> {
    await Promise.resolve();
    if (this.#hook(hook.ulid)?.version !== hook.version) return 'changed';
    const next = { ...hook, version: hook.version + 1 };
    this.#set(keys.hook(hook.ulid), hookRow(next));
    this.#set(keys.owned(hook.owner, hook.ulid), subscriptionRow(next));
    return 'replaced';
  }

  async remove({ ulid, owner, version }: Hook): Promise<'removed' | 'changed'> {
    await Promise.resolve();
    if (this.#hook(ulid)?.version !== version) return 'changed';
    const expiresAt = Math.floor(this.#now() / 1000) + markSeconds;
    this.#set(keys.hook(ulid), markRow(ulid, expiresAt));
    for (const key of [keys.health(ulid), keys.rate(ulid), keys.listed(ulid)]) this.#set(key);
    this.#set(keys.owned(owner, ulid));
    return 'removed';
  }

  async saveHealth(hook: HealthOwner, health: Health): Promise<'saved' | 'changed'> {
    await Promise.resolve();
    const row = this.#get(keys.health(hook.ulid));
    const isAsRead = (row ? healthOf(row).version : 0) === health.version;
    if (!isAsRead || !this.#hook(hook.ulid)) return 'changed';
    const next = { ...health, version: health.version + 1 };
    this.#set(keys.health(hook.ulid), healthRow(hook, next));
    return 'saved';
  }

  #hook(ulid: string): Hook | undefined {
    const row = this.#get(keys.hook(ulid));
    return row && hookOf(row);
  }

  #partition(pk: string): Row[] {
    return this.rows.filter((row) => row['pk'] === pk);
  }

  #get({ pk, sk }: Key): Row | undefined {
    return this.#rows.get(`${pk} ${sk}`);
  }

  #set({ pk, sk }: Key, row?: Row): void {
    const before = this.#get({ pk, sk });
    // What DynamoDB gives back of what was put.
    const after = row && unmarshall(marshall(row, { removeUndefinedValues: true }));
    if (after) this.#rows.set(`${pk} ${sk}`, after);
    else this.#rows.delete(`${pk} ${sk}`);
    if (isDeepStrictEqual(before, after)) return;
    const images = { ...(before && { before }), ...(after && { after }) };
    this.#onChange({ keys: { pk, sk }, ...images, atMs: this.#now() });
  }
}
