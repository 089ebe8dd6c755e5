import type { PushRule } from '../../lambdas/shared/define/push-rule.ts';
import { partnerStories } from './partner-stories/rule.ts';
import { weeklyDigest } from './weekly-digest/rule.ts';

/**
 * What partners get, and when. Each rule has a folder of its own, named like the rule, with its
 * templates and schemas.
 */
export const pushRules: readonly PushRule[] = [partnerStories, weeklyDigest];
