import { InvalidArgumentError } from 'commander';
import { pushNamePattern } from '../../lambdas/shared/define/push-rule.ts';
import { ulidOfRowId } from '../../lambdas/push/queue/row.ts';
import { hasFailed, statusOf, statuses } from '../../lambdas/push/queue/status.ts';
import { ulidOfRunId } from '../../lambdas/push/runs/run.ts';

/** The id of a row. Its form is checked here, so that nothing else gets into a path. */
export function rowIdArgument(text: string): string {
  if (ulidOfRowId(text) !== undefined) return text;
  throw new InvalidArgumentError('It must be the id of a row: push_ and 26 letters and digits.');
}

/** The id of a run. Its form is checked here, so that nothing else gets into a path. */
export function runIdArgument(text: string): string {
  if (ulidOfRunId(text) !== undefined) return text;
  throw new InvalidArgumentError('It must be the id of a run: run_ and 26 letters and digits.');
}

/** The name of a rule. Its form is checked here; which there are only the installation knows. */
export function ruleArgument(text: string): string {
  if (pushNamePattern.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of a rule, like partner-stories.');
}

/** A status by name or number, or `failed`; sent on as a name. */
export function statusArgument(text: string): string {
  const status = text === 'failed' ? text : statusOf(text);
  if (status !== undefined) return status;
  throw new InvalidArgumentError(`It must be failed, or one of ${statuses.join(', ')}.`);
}

/** A status that means failure. */
export function failedStatusArgument(text: string): string {
  const status = statusOf(text);
  if (text === 'failed' || (status !== undefined && hasFailed(status))) return status ?? text;
  const failed = statuses.filter(hasFailed);
  throw new InvalidArgumentError(`It must be failed, or one of ${failed.join(', ')}.`);
}
