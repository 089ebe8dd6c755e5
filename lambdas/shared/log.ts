import { Logger } from '@aws-lambda-powertools/logger';

/**
 * A structured log. The level comes from `POWERTOOLS_LOG_LEVEL`, the service name from
 * `POWERTOOLS_SERVICE_NAME`; both are set by the construct. Log ids and outcomes, never personal
 * content: no bodies, no `data` of actions, no tokens.
 */
export type Log = Logger;

export function newLog(): Log {
  return new Logger();
}
