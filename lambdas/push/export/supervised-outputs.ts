import type { Content } from '../../shared/define/content-type.ts';
import type { Output, PushRule, RuleTools, Supervisor } from '../../shared/define/push-rule.ts';
import type { FailedStatus } from '../queue/status.ts';
import { attempt, ExportError } from './attempt.ts';

/** An output that a supervisor wants, or why there is none. */
export type Wanted = { content: Content; output: Output } | ExportError;

export interface Asking {
  rule: PushRule;
  tools: RuleTools;
  signal: AbortSignal;
}

/**
 * Asks a rule for the outputs of an item and then of what is related to it, however far.
 *
 * @param seen references of content whose outputs were asked for before, which are not asked for again
 */
export async function* supervisedOutputs(
  item: Content,
  seen: Set<string>,
  asking: Asking,
): AsyncGenerator<Wanted> {
  if (seen.has(item.ref)) return;
  seen.add(item.ref);
  const waiting: (Content | { ref: string; of: string })[] = [item];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if ('of' in next) {
      const content = await asking.tools.content.get(next.ref);
      if (content === undefined) {
        const message = `${next.ref} is gone, which is related to ${next.of}`;
        yield new ExportError('OUTPUT_GENERATION_ERROR', message);
        continue;
      }
      yield* supervised(content, true);
    } else {
      yield* supervised(next, false);
    }
  }

  async function* supervised(content: Content, isRelated: boolean): AsyncGenerator<Wanted> {
    const { ref } = content;
    const supervisor = await answered(() => asking.rule.supervise(content, asking.tools), {
      status: 'SUPERVISOR_ERROR',
      what: `supervise of ${ref}`,
    });
    if (supervisor instanceof ExportError) yield supervisor;
    else if (supervisor !== undefined) yield* outputsAndRelated(supervisor, content);
    else if (!isRelated) {
      const message = `the rule ${asking.rule.name} has no supervisor for ${ref}`;
      yield new ExportError('SUPERVISOR_ERROR', message);
    }
  }

  async function* outputsAndRelated(
    supervisor: Supervisor,
    content: Content,
  ): AsyncGenerator<Wanted> {
    const { ref } = content;
    const outputs = await answered(() => supervisor.outputs(content, asking.tools), {
      status: 'OUTPUT_MAKER_ERROR',
      what: `outputs of ${ref}`,
    });
    if (outputs instanceof ExportError) yield outputs;
    else for (const output of outputs) yield { content, output };

    const related = await answered(() => supervisor.related?.(content, asking.tools) ?? [], {
      status: 'SUPERVISOR_ERROR',
      what: `related of ${ref}`,
    });
    if (related instanceof ExportError) yield related;
    else {
      for (const one of related.filter((other) => !seen.has(other))) {
        seen.add(one);
        waiting.push({ ref: one, of: ref });
      }
    }
  }

  /** What the rule answers, or what became of the question. */
  async function answered<Answer>(
    ask: () => Answer | Promise<Answer>,
    { status, what }: { status: FailedStatus; what: string },
  ): Promise<Answer | ExportError> {
    try {
      return await attempt(
        asking.signal,
        ask,
        (message) => new ExportError(status, `${what}: ${message}`),
      );
    } catch (error) {
      if (error instanceof ExportError) return error;
      throw error;
    }
  }
}
