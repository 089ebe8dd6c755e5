import { InvalidArgumentError, Option, type Command } from 'commander';
import * as z from 'zod';
import { wholeNumber } from './arguments.ts';
import { usageFailure } from './failure.ts';

/** Options by which an endpoint is made and changed. */
export function withSettings(command: Command): Command {
  return command
    .option('--description <text>', 'what it is for')
    .option('--batch-size <number>', 'post batches, as soon as so many events wait', positive)
    .option('--batch-time <seconds>', 'post batches, so long after the first event', positive)
    .option('--ordered', 'one event at a time, in order; a failing one blocks')
    .option('--each', 'each event by itself, in no certain order')
    .option('--retries <number>', 'how often a failed post is tried again', wholeNumber(0, most))
    .option('--retry-interval <seconds>', 'between two tries', positive)
    .option('--schedule <seconds,...>', 'the wait before each retry instead', secondsList)
    .addOption(
      new Option('--on-exhausted <what>', 'after the last try: on record, or no more').choices([
        'keep',
        'discard',
      ]),
    )
    .option('--per-second <number>', 'posts a second at most; others wait', positiveNumber);
}

export const settingsSchema = z.object({
  event: z.array(z.string()).optional(),
  description: z.string().optional(),
  batchSize: z.number().optional(),
  batchTime: z.number().optional(),
  ordered: z.boolean().default(false),
  each: z.boolean().default(false),
  retries: z.number().optional(),
  retryInterval: z.number().optional(),
  schedule: z.array(z.number()).optional(),
  onExhausted: z.string().optional(),
  perSecond: z.number().optional(),
});

type Settings = z.infer<typeof settingsSchema>;

/** `--event`, which may be given several times. */
export function eventTypes(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter((type) => type !== '')];
}

/**
 * What of a request's body the options say; what none of them says is undefined and so left out.
 * Throws a usage failure when two of them contradict each other: nothing has been sent then.
 */
export function bodyOf(settings: Settings) {
  const { event, description, onExhausted, perSecond } = settings;
  return {
    events: event,
    description,
    delivery: deliveryOf(settings),
    retry: retryOf(settings),
    onExhausted,
    rateLimit: perSecond === undefined ? undefined : { perSecond },
  };
}

function deliveryOf({ batchSize, batchTime, ordered, each }: Settings) {
  const isBatch = batchSize !== undefined || batchTime !== undefined;
  if ([isBatch, ordered, each].filter(Boolean).length > 1) {
    throw usageFailure('Choose one: --each, --ordered, or batches (--batch-size, --batch-time).');
  }
  if (isBatch) return { mode: 'batch', size: batchSize, time: batchTime };
  if (ordered || each) return { mode: 'each', ordered };
  return undefined;
}

function retryOf({ retries, retryInterval, schedule }: Settings) {
  const isRegular = retries !== undefined || retryInterval !== undefined;
  if (schedule !== undefined) {
    if (!isRegular) return { schedule };
    throw usageFailure('Choose one: --schedule, or --retries with --retry-interval.');
  }
  if (!isRegular) return undefined;
  if (retries === undefined || retryInterval === undefined) {
    throw usageFailure('--retries and --retry-interval go together.');
  }
  return { retries, retryInterval };
}

/** The API says which numbers are too large: here they only have to be ones. */
const most = 999_999_999;
const positive = wholeNumber(1, most);

function positiveNumber(text: string): number {
  const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

function secondsList(text: string): number[] {
  return text.split(',').map((part) => positive(part.trim()));
}
