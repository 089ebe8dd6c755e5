import { randomBytes } from 'node:crypto';
import type { Hook } from '../../lambdas/webhooks/hook.ts';
import { randomUlid } from '../../lambdas/shared/identifier.ts';

/** A hook as a store keeps it, of a resource of its own unless another is named. */
export function newHook(more: Partial<Hook> = {}): Hook {
  return {
    ulid: randomUlid(Date.parse('2026-11-21T10:30:00Z')),
    owner: `user:${randomBytes(6).toString('hex')}`,
    target: 'https://example.org/webhooks',
    events: ['follow.*'],
    description: null,
    delivery: { mode: 'each', ordered: false },
    retry: null,
    onExhausted: 'keep',
    rateLimit: null,
    enabled: true,
    epoch: 0,
    secrets: [{ sealed: 'sealed' }],
    version: 0,
    ...more,
  };
}
