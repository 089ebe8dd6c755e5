import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AlarmedQueue } from '../alarmed-queue.ts';
import type { Core } from '../core.ts';
import type { Network } from './network.ts';
import { nodeFunction } from './node-function.ts';

export interface QueueFunctionProps {
  core: Core;
  /** Entry file below `lambdas/`. */
  entry: string;
  description: string;
  environment: Record<string, string>;
  /** Messages that one run may get. @default 10 */
  batchSize?: number;
  /** Runs at the same time, at least 2; keeps a burst from taking the account's concurrency. @default 50 */
  maxConcurrency?: number;
  /** @default 60 seconds */
  timeout?: Duration;
  memoryMegabytes?: number;
  /** Age of the oldest message from which its alarm fires. @default 15 minutes */
  maxAge?: Duration;
  /** Its queue is FIFO: runs get the messages of a group one after the other. @default a standard queue */
  fifo?: boolean;
  /** Puts further files beside the bundle in this folder. */
  addFiles?: (folder: string) => void;
  /** Where it runs. @default outside of any network of the deployer's */
  network?: Network | undefined;
  /** What users notice when work stands in its queue. */
  usersNotice: string;
}

/** A function with its own queue: failed messages are retried alone and end in the dead-letter queue. */
export class QueueFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly queue: Queue;
  /** Where jobs end that keep failing, and events that the bus could not put into the queue. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueFunctionProps) {
    super(scope, id);
    const timeout = props.timeout ?? Duration.seconds(60);
    const jobs = new AlarmedQueue(this, 'Jobs', {
      functionTimeout: timeout,
      usersNotice: props.usersNotice,
      core: props.core,
      ...(props.maxAge && { maxAge: props.maxAge }),
      ...(props.fifo && { fifo: props.fifo }),
    });
    this.queue = jobs.queue;
    this.deadLetters = jobs.deadLetters;
    this.fn = nodeFunction(this, id, {
      ...props,
      timeout,
      settings: props.core.config.settings,
    });
    this.fn.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: props.batchSize ?? 10,
        maxConcurrency: props.maxConcurrency ?? 50,
        reportBatchItemFailures: true,
      }),
    );
  }
}
