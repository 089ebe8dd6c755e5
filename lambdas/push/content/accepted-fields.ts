import * as z from 'zod';
import { fieldNamePattern } from '../../shared/define/content-type.ts';
import type { Content, ContentType } from '../../shared/define/content-type.ts';
import { ValidationError, invalid } from '../../shared/errors.ts';
import { parsePart } from '../../shared/http/request.ts';
import { fieldMistakes, maxMistakes } from './field-mistakes.ts';

const path = 'body.fields';

/** Fields of one item: the names of those that changed travel in one message of a queue. */
export const maxFields = 1_000;

const jsonObject = z.record(z.string(), z.unknown());

/**
 * Fields as they are stored: what the type's schema makes of those given, as JSON gives it back.
 *
 * @throws ValidationError that names every wrong field as `body.fields.<name>`
 */
export function acceptedFields(
  { schema }: Pick<ContentType, 'schema'>,
  given: Readonly<Record<string, unknown>>,
): Content['fields'] {
  refuseMistakes(given);
  const parsed = firstMistakes(() => parsePart(schema, given, path));
  const fields = jsonObject.parse(JSON.parse(JSON.stringify(parsed)));
  // What a schema makes of a text may be cut within a character.
  refuseMistakes(fields);
  refuseNames(Object.keys(fields));
  return fields;
}

function refuseMistakes(fields: Readonly<Record<string, unknown>>): void {
  const mistakes = fieldMistakes(fields, path);
  if (mistakes.length > 0) throw new ValidationError(mistakes);
}

/** Schemas that leave the names open. */
function refuseNames(names: readonly string[]): void {
  if (names.length > maxFields) throw invalid(path, `must have at most ${maxFields} fields`);
  const mistakes = names
    .filter((name) => !fieldNamePattern.test(name))
    .map((name) => ({
      path: `${path}.${name}`,
      message: 'has a name that is none: a letter, then letters, digits, _ and -, at most 64',
    }));
  if (mistakes.length > 0) throw new ValidationError(mistakes.slice(0, maxMistakes));
}

function firstMistakes<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new ValidationError(error.errors.slice(0, maxMistakes));
  }
}
