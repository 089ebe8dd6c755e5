import { readFile } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { usageFailure } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

/** The largest body that the API takes anywhere. */
const mostBytes = 1024 * 1024;

/** The option that it is given by, and what it may look like. */
export interface JsonOption {
  readonly option: string;
  readonly example: string;
}

/**
 * JSON as it was given: itself, from a file (`@path`) or from standard input (`-`). Refuses what is no
 * JSON, before anything is sent.
 */
export async function givenJson(
  given: string,
  { option, example }: JsonOption,
  surroundings: Pick<Surroundings, 'stdin' | 'interrupted'>,
): Promise<unknown> {
  const text = await textOf(given, option, surroundings);
  try {
    return JSON.parse(text);
  } catch {
    throw usageFailure(
      `${option} must be JSON, like '${example}', @file, or - for standard input.`,
    );
  }
}

async function textOf(
  given: string,
  option: string,
  surroundings: Pick<Surroundings, 'stdin' | 'interrupted'>,
) {
  if (given === '-') return decoded(await pipedBytes(option, surroundings), option);
  if (given.startsWith('@')) return decoded(await fileBytes(given.slice(1)), option);
  return given;
}

async function fileBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch {
    throw usageFailure(`There is no file to read at ${path}.`);
  }
}

async function pipedBytes(
  option: string,
  { stdin, interrupted }: Pick<Surroundings, 'stdin' | 'interrupted'>,
): Promise<Uint8Array> {
  if (stdin.isTTY === true) throw usageFailure(`${option} - takes what is piped in; nothing is.`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const input: AsyncIterable<Uint8Array> = addAbortSignal(interrupted, stdin);
  for await (const chunk of input) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > mostBytes) throw usageFailure(`${option} is larger than the API takes.`);
  }
  return Buffer.concat(chunks);
}

function decoded(bytes: Uint8Array, option: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageFailure(`${option} is not UTF-8, which JSON is written in.`);
  }
}
