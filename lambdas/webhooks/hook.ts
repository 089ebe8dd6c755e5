/** When and how the events of a hook are posted. */
export type DeliveryMode =
  | {
      mode: 'each';
      /** One at a time, in the order in which they reached the hook's queue; a failing one blocks. */
      ordered: boolean;
    }
  | {
      mode: 'batch';
      /** Posted as soon as so many are stored. */
      size?: number | undefined;
      /** Posted so many seconds after the first was stored. */
      time?: number | undefined;
    };

/** How often a failed post is tried again, and when. */
export type RetryPolicy =
  /** N retries are N+1 posts; seconds between two. */
  | { retries: number; retryInterval: number }
  /** Seconds before each retry. */
  | { schedule: readonly number[] };

/** Why a hook is disabled: by its owner, by a 410 of its receiver, or after failures only. */
export type DisabledReason = 'manual' | 'gone' | 'failing';

/** A signing secret as it is stored: sealed, never in the clear. */
export interface SealedSecret {
  sealed: string;
  /** Signs until then, milliseconds since the epoch. @default for good */
  endsAt?: number | undefined;
}

/** A subscription: where events are posted, which and how. */
export interface Hook {
  ulid: string;
  /** The resource whose events it gets; `null`: the whole installation's. */
  owner: string | null;
  target: string;
  /** Event types, `prefix.*` or `*`. */
  events: readonly string[];
  description: string | null;
  delivery: DeliveryMode;
  /** `null`: the default schedule, of a batch none. */
  retry: RetryPolicy | null;
  /** What becomes of an event after its last try. */
  onExhausted: 'keep' | 'discard';
  rateLimit: { perSecond: number } | null;
  enabled: boolean;
  disabledReason?: DisabledReason | undefined;
  /**
   * Times it was disabled. A delivery that was pending when its hook was disabled has a lower one than
   * the hook: it is held, whatever the hook is by now.
   */
  epoch: number;
  /** Newest first; at most `maxSecrets`. */
  secrets: readonly SealedSecret[];
  /** Rises with each change. */
  version: number;
}

/** Secrets that sign at the same time (the contract's limit). */
export const maxSecrets = 3;

/** Hooks of one owner, and of the installation: each event of theirs is matched with all of them. */
export const maxHooks = 1_000;

/** How a hook's posts have gone; kept apart from the hook, and only while some fail. */
export interface Health {
  /** First failure since the last success, milliseconds since the epoch. */
  failingSince?: number | undefined;
  /** Deliveries in a row whose retries are exhausted. */
  exhausted: number;
  /** `hook.disabled` has told that half of the way to being disabled is gone. */
  warned: boolean;
  /** Posts in a row that took their whole time-out. */
  timeouts: number;
  /** Until then nothing is posted but one probe, milliseconds since the epoch. */
  openUntil?: number | undefined;
  /** Rises with each change. */
  version: number;
}

/** What a matcher must know of a hook. */
export interface Subscription {
  hook: string;
  owner: string | null;
  target: string;
  events: readonly string[];
  delivery: DeliveryMode;
  enabled: boolean;
  epoch: number;
}

/** Whether events wait in a lane for this hook. */
export function hasLane({ delivery }: Pick<Hook, 'delivery'>): boolean {
  return delivery.mode === 'batch' || delivery.ordered;
}

const hookIdPattern = /^hook_([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

export function hookId(ulid: string): string {
  return `hook_${ulid}`;
}

/** The ULID of a hook's id, or nothing when it cannot be one. */
export function ulidOfHookId(id: string): string | undefined {
  return hookIdPattern.exec(id)?.[1];
}
