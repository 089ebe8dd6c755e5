import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { resourceIdPattern, resourceTypePattern } from '../../lambdas/shared/resource-ref.ts';

/**
 * A reference `type:id`. Its form is checked here, so that nothing else gets into a path; which types
 * exist only the installation knows.
 */
export function resourceRef(text: string): string {
  const colon = text.indexOf(':');
  const wellFormed =
    resourceTypePattern.test(text.slice(0, Math.max(colon, 0))) &&
    resourceIdPattern.test(text.slice(colon + 1));
  if (wellFormed) return text;
  throw new InvalidArgumentError(
    'It must be type:id, like user:thoas; the id has 1-128 characters of A-Z a-z 0-9 . _ ~ @ | : + = -',
  );
}

export function wholeNumber(smallest: number, largest: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(
      `It must be a whole number from ${String(smallest)} to ${String(largest)}.`,
    );
  };
}

const objectSchema = z.record(z.string(), z.unknown());

export function jsonObject(text: string): Record<string, unknown> {
  try {
    return objectSchema.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError(`It must be a JSON object, like '{"stars": 5}'.`);
  }
}

/** `--idempotency-key`; anything else than these characters does not get through every header. */
export function idempotencyKeyOption(description: string): Option {
  return new Option('--idempotency-key <key>', description).argParser((text: string) => {
    if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
    throw new InvalidArgumentError('It must have 1-255 letters, digits and signs of ASCII.');
  });
}
