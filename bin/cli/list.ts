import { Option, type Command } from 'commander';
import * as z from 'zod';
import type { Api } from './api.ts';
import { wholeNumber } from './arguments.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Column, Output } from './output.ts';
import { plainText } from './plain-text.ts';

/** The most that the API gives at once: the fewest requests when everything is wanted. */
const largestPage = 100;

/** Options that every list has, parsed by `listOptionsSchema`. */
export function withListOptions(command: Command): Command {
  return command
    .option('--limit <number>', 'items a page, 1 to 100 (default: 20)', wholeNumber(1, largestPage))
    .addOption(new Option('--cursor <cursor>', 'start at the nextCursor of an earlier page'))
    .option('--all', 'every page to the end');
}

export const listOptionsSchema = z.object({
  limit: z.int().optional(),
  cursor: z.string().optional(),
  all: z.boolean().default(false),
});

/** `--order`, for lists that can be read from the oldest on. */
export function orderOption(): Option {
  return new Option('--order <order>', 'newest or oldest first').choices(['desc', 'asc']);
}

export interface ListRequest<T> {
  readonly path: string;
  /** Filters; what is undefined is left out. */
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly options: z.infer<typeof listOptionsSchema>;
  /** Keep unknown properties (`z.looseObject`): `--json` shows what the API said. */
  readonly item: z.ZodType<T>;
  readonly columns: readonly Column<T>[];
  /** A long text of an item, shown beside its columns. */
  readonly text?: (item: T) => string;
  /** Said on a terminal when there is nothing. */
  readonly none: string;
}

/** Shows one page, or with `--all` every one. */
export async function showList<T>(
  api: Api,
  output: Output,
  request: ListRequest<T>,
): Promise<void> {
  const { items, nextCursor } = await (request.options.all ? allPages : onePage)(api, request);
  if (output.json) {
    output.document({ items, ...(nextCursor && { nextCursor }) });
    return;
  }
  if (items.length === 0) output.message(request.none);
  else if (request.text === undefined) output.rows(request.columns, items);
  else output.entries(request.columns, items, request.text);
  if (nextCursor !== undefined) {
    output.message(`There is more: --all, or --cursor ${plainText(nextCursor)} for the next page.`);
  }
}

interface Page<T> {
  readonly items: T[];
  readonly nextCursor?: string | undefined;
}

function onePage<T>(api: Api, { path, query, options, item }: ListRequest<T>): Promise<Page<T>> {
  const limit = options.limit?.toString();
  return api(
    { method: 'GET', path, query: { ...query, limit, cursor: options.cursor } },
    z.object({ items: z.array(item), nextCursor: z.string().optional() }),
  );
}

async function allPages<T>(api: Api, request: ListRequest<T>): Promise<Page<T>> {
  const { limit = largestPage } = request.options;
  const items: T[] = [];
  const seen = new Set<string>();
  let { cursor } = request.options;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const page = await onePage(api, { ...request, options: { limit, cursor, all: true } });
    for (const each of page.items) items.push(each);
    cursor = page.nextCursor;
    if (cursor === undefined) return { items };
    if (seen.has(cursor)) {
      throw new Failure(exitCodes.workFailed, 'The API gave the same page twice; stopped there.');
    }
    seen.add(cursor);
  }
}
