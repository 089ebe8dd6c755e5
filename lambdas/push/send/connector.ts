import type { Connection } from '../../shared/define/push-sender.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';

/** Connects to targets, each in the way of its scheme, with the credentials of its secret. */
export interface Connector {
  /** @throws PermanentError when no retry can help: a wrong password, an unknown host key, no such secret */
  connect(target: PushTarget, signal: AbortSignal): Promise<Connection>;
}
