import { healthy } from '../../lambdas/webhooks/hook-rows.ts';
import type { Health, Hook } from '../../lambdas/webhooks/hook.ts';
import type { HealthOwner, HookStore } from '../../lambdas/webhooks/hook-store.ts';

/** Hooks in memory that nobody changes but the worker: reading one is a look into a map. */
export class KnownHooks implements Pick<HookStore, 'readWithHealth' | 'replace' | 'saveHealth'> {
  readonly #states = new Map<string, { hook: Hook; health: Health }>();

  constructor(hooks: readonly Hook[]) {
    for (const hook of hooks) this.#states.set(hook.ulid, { hook, health: healthy });
  }

  readWithHealth(ulid: string): Promise<{ hook: Hook; health: Health } | undefined> {
    return Promise.resolve(this.#states.get(ulid));
  }

  replace(hook: Hook): Promise<'replaced' | 'changed'> {
    const state = this.#states.get(hook.ulid);
    if (state?.hook.version !== hook.version) return Promise.resolve('changed');
    const next = { ...hook, version: hook.version + 1 };
    this.#states.set(hook.ulid, { ...state, hook: next });
    return Promise.resolve('replaced');
  }

  saveHealth({ ulid }: HealthOwner, health: Health): Promise<'saved' | 'changed'> {
    const state = this.#states.get(ulid);
    if (state?.health.version !== health.version) return Promise.resolve('changed');
    const next = { ...health, version: health.version + 1 };
    this.#states.set(ulid, { ...state, health: next });
    return Promise.resolve('saved');
  }
}
