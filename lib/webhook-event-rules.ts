import { Rule } from 'aws-cdk-lib/aws-events';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { eventSource } from '../lambdas/shared/events/event-bus.ts';
import { eventTypes as ownTypes } from '../lambdas/shared/events/registry.ts';
import type { Core } from './core.ts';
import type { QueueFunction } from './functions/queue-function.ts';

/** Characters of names in one rule: a pattern may have 2,048 (AWS's limit), quotes and commas among them. */
const namesPerRule = 1_500;

/**
 * Brings the matcher every event of a declared type, as it is on the bus. Events of the application's
 * own types count only from the application itself; the deployer's types are taken from whoever may put
 * events on the bus. Other types cost nothing.
 */
export function webhookEventRules(
  scope: Construct,
  { core, matcher }: { core: Core; matcher: QueueFunction },
): void {
  const rule = (id: string, description: string, eventPattern: EventPattern) =>
    new Rule(scope, id, {
      description,
      eventBus: core.bus,
      eventPattern,
      targets: [new SqsQueue(matcher.queue, { deadLetterQueue: matcher.deadLetters })],
    });
  rule('OwnEvents', 'Webhooks of what Sequitur itself tells.', {
    source: [eventSource],
    detailType: Object.keys(ownTypes),
  });
  const customTypes = core.config.eventTypes.map(({ type }) => type);
  for (const [index, detailType] of parts(customTypes).entries()) {
    rule(`CustomEvents${index + 1}`, 'Webhooks of what other systems tell.', { detailType });
  }
}

/** Cuts names into rules. */
function parts(names: readonly string[]): string[][] {
  const cut: string[][] = [];
  let characters = Infinity;
  for (const name of names) {
    // Quotes and a comma.
    const more = name.length + 3;
    if (characters + more > namesPerRule) {
      cut.push([]);
      characters = 0;
    }
    cut.at(-1)?.push(name);
    characters += more;
  }
  return cut;
}
