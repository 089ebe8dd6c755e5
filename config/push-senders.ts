import type { PushSender } from '../lambdas/shared/define/push-sender.ts';

/** Senders of your own, for schemes that Sequitur doesn't know or does otherwise than you need. */
export const pushSenders: readonly PushSender[] = [];
