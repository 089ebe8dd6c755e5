import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../../lambdas/shared/log.ts';

/** A log that says nothing. */
export function silentLog(): Log {
  return new Logger({ logLevel: 'SILENT' });
}
