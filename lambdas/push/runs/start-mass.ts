import type { MassRule } from '../../shared/define/push-rule.ts';
import { invalid } from '../../shared/errors.ts';
import type { WorkJob } from '../contract.ts';
import { existingRule } from '../rules/existing-rule.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { RunParts } from './run-parts.ts';
import { namesOf } from './start-run.ts';

/**
 * Starts a run of a mass rule, at once or for a repeat of the same request: the run of a ULID is made
 * once, and more jobs of it do no harm.
 *
 * @param wish.ulid of the run; the same for repeats of a request
 * @throws NotFoundError when there is no such rule
 * @throws ValidationError when it is a sequential one
 */
export async function startMassRun(
  { book, runs, jobs, now }: Pick<RunParts, 'book' | 'runs' | 'jobs' | 'now'>,
  { ulid, rule, args }: { ulid: string; rule: string; args: readonly string[] },
): Promise<void> {
  massRule(book, rule);
  const job: WorkJob = { kind: 'export', run: ulid };
  await runs.create({
    ulid,
    kind: 'mass',
    rule,
    args,
    state: 'running',
    startedMs: now(),
    counts: { selected: 0, pushed: 0, failed: 0 },
    messages: [],
    jobs: [job],
    aliveMs: now(),
    revivals: 0,
  });
  await jobs.send([job]);
}

/**
 * The mass rule of a name. To be asked before a request is remembered as done.
 *
 * @throws NotFoundError when there is no such rule
 * @throws ValidationError when it is a sequential one
 */
export function massRule(book: RuleBook, name: string): MassRule {
  const rule = existingRule(book, name);
  if (rule.kind === 'mass') return rule;
  const known = namesOf(book, 'mass');
  throw invalid(
    'path.rule',
    `is a sequential rule, which pushes what changes; mass rules are: ${known}`,
  );
}
