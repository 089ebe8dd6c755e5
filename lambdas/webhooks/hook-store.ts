import type { Health, Hook, Subscription } from './hook.ts';

/** The part of a hook that its health is stored with: what a warning about it tells. */
export type HealthOwner = Pick<Hook, 'ulid' | 'owner' | 'target'>;

/** Hooks and how their posts have gone. Every read is of the present. */
export interface HookStore {
  /**
   * Stores a new hook unless one with its ULID exists or existed: deleting one leaves a mark for two
   * days, so that a repeated request does not bring it back.
   */
  create(hook: Hook): Promise<'created' | 'exists'>;
  read(ulid: string): Promise<Hook | undefined>;
  /** With how its posts have gone; a hook that never failed has the healthy state of version 0. */
  readWithHealth(ulid: string): Promise<{ hook: Hook; health: Health } | undefined>;
  /** Hooks of a resource, of the installation (`null`) or all (`'all'`), newest first. */
  list(
    of: { owner: string | null } | 'all',
    page: { after?: string | undefined; limit: number },
  ): Promise<{ hooks: Hook[]; after?: string | undefined }>;
  /** How many hooks a resource or the installation has, as far as `upTo`. */
  count(owner: string | null, upTo: number): Promise<number>;
  /** All subscriptions of a resource or of the installation. */
  subscriptions(owner: string | null): Promise<Subscription[]>;
  /** Replaces a hook as it was read (`hook.version`), raising its version; owner and ULID stay. */
  replace(hook: Hook): Promise<'replaced' | 'changed'>;
  /** Deletes a hook as it was read, with its health and all of its secrets. */
  remove(hook: Hook): Promise<'removed' | 'changed'>;
  /**
   * Stores health as it was read (`health.version`), raising its version. `changed` also when the hook
   * is gone: nothing is stored of it any more.
   */
  saveHealth(hook: HealthOwner, health: Health): Promise<'saved' | 'changed'>;
}

/** Seconds that the mark of a deleted hook stays: longer than any Idempotency-Key is remembered. */
export const markSeconds = 2 * 24 * 60 * 60;
