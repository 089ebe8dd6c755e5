import type { Command } from 'commander';
import * as z from 'zod';
import { createApi, type Api } from './api.ts';
import { findConnection } from './connection.ts';
import { createOutput, type Output } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command works with. */
export interface Work {
  readonly surroundings: Surroundings;
  readonly output: Output;
  /** Finds the connection; not before it is needed, so that mistakes show without one. */
  readonly connect: () => Promise<Api>;
}

const globalOptions = z.object({ json: z.boolean().default(false) });

/** The parsed options of a command, those before the group's name included. */
export function optionsOf<T>(command: Command, schema: z.ZodType<T>): T {
  return schema.parse(command.optsWithGlobals());
}

export function workOf(command: Command, surroundings: Surroundings): Work {
  const { json } = optionsOf(command, globalOptions);
  return {
    surroundings,
    output: createOutput(surroundings, json),
    connect: async () => createApi(await findConnection(surroundings), surroundings.interrupted),
  };
}

/** Ends a command's help with calls to copy. */
export function withExamples(command: Command, ...examples: string[]): Command {
  const lines = examples.map((example) => `  $ npx sequitur ${example}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
