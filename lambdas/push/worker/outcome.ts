import type { ExportProblem } from '../export/exporter.ts';
import type { Attempt, Outcome } from '../queue/row.ts';
import type { FailedStatus } from '../queue/status.ts';
import { rowMessage } from './messages.ts';
import type { Sent } from './shipment.ts';

/** Attempts that a row keeps: those of many resets would outgrow its item. */
const mostAttempts = 50;

/**
 * What a push has come to: it is PUSHED when every file was made and is there. Otherwise the first thing
 * that went wrong gives the status; what was made went its way all the same.
 *
 * @param before attempts of earlier pushes of the row
 */
export function outcomeOf(
  problems: readonly ExportProblem[],
  sent: Sent,
  before: readonly Attempt[],
): Outcome {
  const lines = [...problems.map(({ message }) => message), ...sent.lines];
  return {
    status: problems[0]?.status ?? (sent.isWhole ? 'PUSHED' : 'SEND_ERROR'),
    message: rowMessage(lines),
    attempts: [...before, ...sent.attempts].slice(-mostAttempts),
  };
}

/** A push that had nothing to send. */
export function unsent(problems: readonly ExportProblem[], before: readonly Attempt[]): Outcome {
  const [first] = problems;
  const status: FailedStatus = first?.status ?? 'OUTPUT_GENERATION_ERROR';
  const lines =
    first === undefined
      ? ['there is nothing to push: no outputs']
      : problems.map(({ message }) => message);
  return { status, message: rowMessage(lines), attempts: before };
}
