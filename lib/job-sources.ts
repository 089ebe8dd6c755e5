import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { eventSource } from '../lambdas/shared/events/event-bus.ts';
import type { EventType } from '../lambdas/shared/events/registry.ts';
import type { Core } from './core.ts';
import type { QueueFunction } from './functions/queue-function.ts';

export interface JobOnEventProps<Job extends object> {
  core: Core;
  /** Whose function does the job. */
  to: QueueFunction;
  type: EventType;
  /** Only events whose data has one of these values in each of these fields. @default all of the type */
  data?: Readonly<Record<string, string[]>>;
  /** As the function's code reads it; `ofEvent` stands for what only the event knows. */
  job: Job;
  /** Of what it is: `Upkeep of timelines`. */
  description: string;
}

/** Makes each event of a type a job: the rule builds it, no code runs in between. */
export function jobOnEvent<Job extends object>(
  scope: Construct,
  id: string,
  { core, to, type, data, job, description }: JobOnEventProps<Job>,
): Rule {
  return new Rule(scope, id, {
    description: `${description} after ${type}.`,
    eventBus: core.bus,
    eventPattern: {
      source: [eventSource],
      detailType: [type],
      ...(data && { detail: { data } }),
    },
    targets: [
      new SqsQueue(to.queue, {
        // The event's id goes along for the log.
        message: RuleTargetInput.fromObject({
          ...job,
          eventId: EventField.fromPath('$.detail.id'),
        }),
        deadLetterQueue: to.deadLetters,
      }),
    ],
  });
}

/** In a job: the value that the event has in this field of its data. */
export function ofEvent(field: string): string {
  return EventField.fromPath(`$.detail.data.${field}`);
}

/** The job of every domain that takes part in erasures. */
export function eraseJob() {
  return {
    kind: 'erase',
    pass: 1,
    ref: ofEvent('ref'),
    erasureId: ofEvent('erasureId'),
    startedAt: ofEvent('startedAt'),
  } as const;
}

/** Lets a queue's function send further jobs to its own queue, whose URL it gets by this name. */
export function sendsToItself({ fn, queue }: QueueFunction, name: string): void {
  fn.addEnvironment(name, queue.queueUrl);
  queue.grant(fn, 'sqs:SendMessage');
}
