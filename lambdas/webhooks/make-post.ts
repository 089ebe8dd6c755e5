import type { JobQueue } from '../shared/job-queue.ts';
import type { Meter } from '../shared/metrics.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { LaneJob } from './contract.ts';
import { afterExhausted, afterPost, circuitOf, isBeyondHope, openMs } from './health.ts';
import type { PostResult } from './health.ts';
import { hasLane } from './hook.ts';
import type { DisabledReason, Health, Hook } from './hook.ts';
import type { HookStore } from './hook-store.ts';
import { isGone } from './poster.ts';
import type { Posted, Poster } from './poster.ts';
import type { RateLimits } from './rate-limits.ts';
import type { SecretBox } from './secret-box.ts';

/** A hook and its health: as they were read, or, in an answer, as they are now. */
export interface HookState {
  hook: Hook;
  health: Health;
  /** In an answer: whether its owner had been warned before that post. @default as health says */
  warnedBefore?: boolean | undefined;
}

/** What posting needs. */
export interface PostParts {
  hooks: Pick<HookStore, 'readWithHealth' | 'replace' | 'saveHealth'>;
  limits: RateLimits;
  secrets: Pick<SecretBox, 'open'>;
  poster: Poster;
  /** The longest that a post takes. */
  timeoutSeconds: number;
  pace: Pace;
  meter: Pick<Meter, 'count'>;
  /** Are told of hooks that are disabled; the lane worker, which posts too, sees it by itself. */
  lanes?: JobQueue<LaneJob> | undefined;
}

export type AutomaticReason = Exclude<DisabledReason, 'manual'>;

export type PostOutcome =
  /**
   * Nothing was posted, and no retry is spent: it is to be tried again then. With `reserved` its turn
   * under the rate limit is taken and has to be told to the next try.
   */
  | { outcome: 'deferred'; untilMs: number; reserved: boolean }
  /** `state` is missing when the hook is gone; `disabled`: this post has disabled it. */
  | {
      outcome: 'posted';
      posted: Posted;
      state: HookState | undefined;
      disabled?: AutomaticReason | undefined;
    };

/** Time that a probe has beyond its time-out, until another one may be made in its place. */
const probeGraceMs = 5_000;

/**
 * Posts once to an enabled hook, unless its circuit is open or its rate limit says later. What the
 * answer means for the hook is stored when this returns: its health, and that it is disabled (a 410, or
 * failures for too long). What it means for deliveries is the caller's, who also tells `countExhausted`.
 *
 * @param state as read just before, or as the last answer gave it
 * @param post `id`: the `webhook-id`; `reserved`: its turn under the rate limit has come
 * @throws TransientError when the stores fail for longer than the pace's patience; it may have been
 *   posted then.
 */
export async function makePost(
  parts: PostParts,
  state: HookState,
  post: { id: string; body: string; reserved: boolean },
): Promise<PostOutcome> {
  const { limits, pace } = parts;
  const { hook } = state;
  const circuit = circuitOf(state.health, pace.now());
  if (circuit.circuit === 'open') {
    return deferred(state.health, circuit.untilMs, post.reserved, pace);
  }
  if (hook.rateLimit && !post.reserved) {
    const { perSecond } = hook.rateLimit;
    const turn = await persist(pace, async () => limits.reserve(hook.ulid, perSecond, pace.now()));
    if (turn > pace.now()) return { outcome: 'deferred', untilMs: turn, reserved: true };
  }
  let current = state;
  if (circuit.circuit === 'half-open') {
    const probe = await asProbe(parts, state);
    if (!probe.won) {
      return deferred(probe.health, probe.untilMs, post.reserved || hook.rateLimit !== null, pace);
    }
    current = { hook, health: probe.health };
  }
  const posted = await parts.poster.post({
    target: hook.target,
    id: post.id,
    body: post.body,
    secrets: await liveSecrets(parts, hook),
  });
  return settled(parts, current, posted, circuit.circuit === 'half-open');
}

/**
 * Tells a hook's health of deliveries whose retries are exhausted; may disable it.
 *
 * @returns the reason when this has disabled it, and the state as it is now
 */
export async function countExhausted(
  parts: PostParts,
  state: HookState,
  deliveries: number,
): Promise<{ state: HookState | undefined; disabled?: AutomaticReason | undefined }> {
  const { pace } = parts;
  const after = await changeHealth(parts, state, (health) =>
    afterExhausted(health, deliveries, pace.now()),
  );
  return disabledWhenHopeless(parts, after, state.warnedBefore ?? state.health.warned);
}

async function settled(
  parts: PostParts,
  state: HookState,
  posted: Posted,
  isProbe: boolean,
): Promise<PostOutcome> {
  const nowMs = parts.pace.now();
  const result = resultOf(posted);
  if (result !== 'success') parts.meter.count('WebhookTriesFailed', 1);
  const { warned: warnedBefore } = state.health;
  const ownProbe = isProbe ? state.health.openUntil : undefined;
  const after = await changeHealth(parts, state, (health) =>
    afterPost(health, {
      result,
      nowMs,
      // Another may have taken the probe's place since.
      isProbe: ownProbe !== undefined && health.openUntil === ownProbe,
    }),
  );
  const answer = isGone(posted.attempt)
    ? await disabled(parts, after, 'gone', state.hook.target)
    : result === 'success'
      ? { state: after }
      : await disabledWhenHopeless(parts, after, warnedBefore);
  const now = answer.state && { ...answer.state, warnedBefore };
  return { outcome: 'posted', posted, ...answer, state: now };
}

function resultOf({ attempt: { error } }: Posted): PostResult {
  if (!error) return 'success';
  return error.kind === 'timeout' ? 'timeout' : 'other failure';
}

/** Spread over as long as the circuit is open, so that not all of a hook's posts come back at once. */
function deferred(
  { timeouts }: Health,
  untilMs: number,
  reserved: boolean,
  { random }: Pace,
): PostOutcome {
  return {
    outcome: 'deferred',
    untilMs: untilMs + Math.round(random() * openMs(timeouts)),
    reserved,
  };
}

type Probe = { won: true; health: Health } | { won: false; health: Health; untilMs: number };

/** Of all who find the circuit half-open one may post: who moves its time on. */
async function asProbe(
  { hooks, pace, timeoutSeconds }: PostParts,
  { hook, health }: HookState,
): Promise<Probe> {
  const untilMs = pace.now() + timeoutSeconds * 1000 + probeGraceMs;
  const probing = { ...health, openUntil: untilMs };
  const saved = await persist(pace, async () => hooks.saveHealth(hook, probing));
  return saved === 'saved'
    ? { won: true, health: { ...probing, version: health.version + 1 } }
    : { won: false, health, untilMs };
}

async function liveSecrets({ secrets, pace }: PostParts, hook: Hook): Promise<string[]> {
  const live = hook.secrets.filter(({ endsAt = Infinity }) => endsAt > pace.now());
  return Promise.all(
    live.map(async ({ sealed }) => persist(pace, async () => secrets.open(sealed, hook.ulid))),
  );
}

/** Changes health as it is now, however often others change it meanwhile; nothing when the hook is gone. */
async function changeHealth(
  { hooks, pace }: PostParts,
  read: HookState,
  change: (health: Health) => Health,
): Promise<HookState | undefined> {
  let state: HookState | undefined = read;
  const { done } = await persist(pace, async () => {
    if (!state) return { done: undefined };
    const { hook, health } = state;
    const next = change(health);
    if (next === health) return { done: state };
    if ((await hooks.saveHealth(hook, next)) === 'saved') {
      return { done: { hook, health: { ...next, version: health.version + 1 } } };
    }
    state = await hooks.readWithHealth(hook.ulid);
    return undefined;
  });
  return done;
}

async function disabledWhenHopeless(
  parts: PostParts,
  state: HookState | undefined,
  warnedBefore: boolean,
) {
  if (!state || !isBeyondHope(state.health, warnedBefore, parts.pace.now())) return { state };
  return disabled(parts, state, 'failing', state.hook.target);
}

/** Disables a hook, unless that is done already or it has another target by now, and tells its lane. */
async function disabled(
  parts: PostParts,
  read: HookState | undefined,
  reason: AutomaticReason,
  target: string,
): Promise<{ state: HookState | undefined; disabled?: AutomaticReason }> {
  const { hooks, pace, meter, lanes } = parts;
  let state = read;
  const outcome = await persist(pace, async () => {
    if (!state?.hook.enabled || state.hook.target !== target) return { state };
    const { hook, health } = state;
    const next = { ...hook, enabled: false, disabledReason: reason, epoch: hook.epoch + 1 };
    if ((await hooks.replace(next)) === 'replaced') {
      meter.count('HooksDisabled', 1);
      const now = { hook: { ...next, version: hook.version + 1 }, health };
      return { state: now, disabled: reason };
    }
    state = await hooks.readWithHealth(hook.ulid);
    return undefined;
  });
  const { hook } = outcome.state ?? {};
  // Also when it was disabled before: by this post, whose answer was lost, or by one that then died.
  if (lanes && hook && !hook.enabled && hasLane(hook)) {
    await persist(pace, async () => {
      await lanes.send([{ kind: 'settle', hook: hook.ulid }]);
      return 'sent';
    });
  }
  return outcome;
}
