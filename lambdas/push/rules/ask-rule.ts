import { inspect } from 'node:util';
import type { Content } from '../../shared/define/content-type.ts';
import type { PushRule, RuleTools, Supervisor } from '../../shared/define/push-rule.ts';
import { TransientError } from '../../shared/errors.ts';
import type { FailedStatus } from '../queue/status.ts';
import type { Ask } from './rule-time.ts';

/** A content that changed, as a rule is asked about it. */
export interface Question {
  content: Content;
  /** It is new: what changed is not asked about. */
  created: boolean;
  changed: readonly string[];
}

/** What a rule said. */
export type Verdict =
  | { kind: 'selected'; supervisor: Supervisor }
  | { kind: 'passed over' }
  | { kind: 'failed'; status: FailedStatus; message: string };

/** A function of a rule threw: the row of the queue that says so. */
export class RuleFailure extends Error {
  override name = 'RuleFailure';
  readonly status: FailedStatus;

  constructor(status: FailedStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Asks a rule's filters in their order, until one says no.
 *
 * @throws TransientError when content could not be read: that is no fault of the rule's
 */
export async function askRule(
  rule: PushRule,
  { content, created, changed }: Question,
  { ask, tools }: { ask: Ask; tools: RuleTools },
): Promise<Verdict> {
  const passedOver: Verdict = { kind: 'passed over' };
  try {
    const supervisor = await guarded('SUPERVISOR_ERROR', async () =>
      ask('supervise', () => rule.supervise(content, tools)),
    );
    if (!supervisor) return passedOver;
    const ofThisKind = await guarded('FILTER_BY_INSTANCE_TYPE_ERROR', async () =>
      ask('filterByType', () => supervisor.filterByType?.(content, tools) ?? true),
    );
    if (!ofThisKind) return passedOver;
    const matters = await guarded('FILTER_BY_UPDATES_ERROR', async () =>
      ask(
        'filterByUpdates',
        () => created || (supervisor.filterByUpdates?.([...changed], content, tools) ?? true),
      ),
    );
    if (!matters) return passedOver;
    const isShown = await guarded('FILTER_BY_STATE_ERROR', async () =>
      ask('filterByState', () => supervisor.filterByState?.(content, tools) ?? true),
    );
    return isShown ? { kind: 'selected', supervisor } : passedOver;
  } catch (error) {
    if (!(error instanceof RuleFailure)) throw error;
    return { kind: 'failed', status: error.status, message: error.message };
  }
}

/** Gives what a rule throws its status; not what kept content from being read for the moment. */
export async function guarded<T>(status: FailedStatus, asked: () => Promise<T>): Promise<T> {
  try {
    return await asked();
  } catch (error) {
    if (isPassing(error)) throw error;
    throw new RuleFailure(status, messageOf(error));
  }
}

/** Whether an error is a passing failure, or was thrown because of one. */
function isPassing(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < maxCauses && cause instanceof Error; depth += 1) {
    if (cause instanceof TransientError) return true;
    ({ cause } = cause);
  }
  return false;
}

/** Errors may be each other's cause in a circle. */
const maxCauses = 10;

/** Longest message of a row. */
const maxMessageCharacters = 16_000;

/** What was thrown, which may be anything at all. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : error;
  const message = typeof text === 'string' ? text : inspect(text);
  return message.slice(0, maxMessageCharacters).toWellFormed();
}
