import * as z from 'zod';
import { eventTypePattern } from '../../lambdas/shared/define/event-type.ts';
import type { CustomEventType } from '../../lambdas/shared/define/event-type.ts';
import { eventTypes as ownTypes } from '../../lambdas/shared/events/registry.ts';
import { repeated } from './repeated.ts';

const place = 'config/event-types.ts';

/** What is wrong with event types, each with its place and its remedy. */
export function eventTypeMistakes(eventTypes: readonly CustomEventType[]): string[] {
  const names = eventTypes.map(({ type }) => type);
  return [
    ...eventTypes.flatMap((one) =>
      [nameMistake(one), schemaMistake(one) ?? exampleMistake(one)]
        .filter((mistake) => mistake !== undefined)
        .map((mistake) => `${place}, "${one.type}": ${mistake}`),
    ),
    ...repeated(names).map((type) => `${place}, "${type}": declared more than once, keep one`),
  ];
}

function nameMistake({ type }: CustomEventType): string | undefined {
  if (Object.hasOwn(ownTypes, type)) {
    return 'Sequitur has a type of that name itself, choose another';
  }
  if (eventTypePattern.test(type)) return undefined;
  return 'use two or more words of lower-case letters, digits, - and _ with dots between, at most 128 characters, e.g. "article.published"';
}

function schemaMistake({ schema }: CustomEventType): string | undefined {
  try {
    // Both what comes in and what goes out is data as JSON has it.
    for (const io of ['input', 'output'] as const) z.toJSONSchema(schema, { io });
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the schema cannot be told as JSON Schema, use what JSON knows: ${reason}`;
  }
}

function exampleMistake({ schema, example }: CustomEventType): string | undefined {
  const { error } = schema.safeParse(example);
  if (error === undefined) return undefined;
  const reasons = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return `the example does not fit the schema, mend one of them: ${reasons.join('; ')}`;
}
