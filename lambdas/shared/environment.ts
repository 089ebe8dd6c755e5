import * as z from 'zod';

/**
 * Reads the environment of a function by its contract's schema. Called once, when the function starts:
 * a missing name fails the start with a message, not a request later on.
 */
export function readEnvironment<S extends z.ZodType>(schema: S): z.output<S> {
  return schema.parse(process.env);
}

/** A part of the environment that holds JSON. */
export function jsonOf<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}
