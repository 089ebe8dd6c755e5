import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { confirm } from './confirm.ts';
import { contentPath, contentRef, contentTypeArgument, relatedRefs } from './content-arguments.ts';
import { givenJson } from './given-json.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import {
  binaryColumns,
  contentColumns,
  contentLines,
  contentSchema,
  putColumns,
  putContentSchema,
} from './shown-content.ts';
import type { Surroundings } from './surroundings.ts';

const putOptions = z.object({ fields: z.string(), related: z.array(z.string()).optional() });

/** `content put`: an item as it is from now on. */
export function addPut(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('put')
    .description('put an item of content, in place of what it was; its binaries stay')
    .argument('<ref>', 'the item, type:id', contentRef)
    .requiredOption('--fields <json>', 'its fields: JSON, @file, or - for standard input')
    .option(
      '--related <ref...>',
      'what it refers to, type:id, in this order (default: nothing)',
      relatedRefs,
    )
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { fields: given, related } = optionsOf(command, putOptions);
      const fields = await givenJson(
        given,
        { option: '--fields', example: '{"title": "Noon"}' },
        surroundings,
      );
      const api = await connect();
      const item = await api(
        { method: 'PUT', path: contentPath(ref), body: { fields, related } },
        putContentSchema,
      );
      if (output.json) {
        output.document(item);
        return;
      }
      output.rows(putColumns, [item]);
      if (item.changed.length === 0) output.message('Nothing has changed, so nothing follows.');
    });
  withExamples(
    command,
    `content put photo:7 --fields '{"title": "Noon"}'`,
    'content put story:7 --fields @story.json --related story:8 story:9',
  );
}

/** `content get`: one item. */
export function addGet(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('get')
    .description('an item of content with all of its fields')
    .argument('<ref>', 'the item, type:id', contentRef)
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const item = await api({ method: 'GET', path: contentPath(ref) }, contentSchema);
      if (output.json) {
        output.document(item);
        return;
      }
      output.rows(lineColumns, contentLines(item));
      if (item.binaries.length > 0) output.rows(binaryColumns, item.binaries);
    });
  withExamples(command, 'content get story:7', 'content get story:7 --json');
}

const lineColumns = [
  { heading: 'WHAT', cell: ({ name }: { name: string }) => name },
  { heading: 'VALUE', cell: ({ value }: { value: string }) => value },
];

/** `content delete`: one item and its binaries. */
export function addDelete(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('delete')
    .description('delete an item of content with its binaries; partners keep what they have')
    .argument('<ref>', 'the item, type:id', contentRef)
    .option('--yes', 'do not ask (needed where there is no terminal)')
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { yes } = optionsOf(command, z.object({ yes: z.boolean().default(false) }));
      if (!yes) {
        await confirm(
          surroundings,
          `This deletes ${ref} with its binaries; what is to be pushed of it will fail. ` +
            'It cannot be undone.',
        );
      }
      const api = await connect();
      await api({ method: 'DELETE', path: contentPath(ref) }, z.undefined());
      if (output.json) output.document({ ref, deleted: true });
      else output.message(`Deleted: ${ref}`);
    });
  withExamples(command, 'content delete story:7', 'content delete story:7 --yes --json');
}

/** `content list`: the items of a type. */
export function addList(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('list')
      .description('items of a type, newest first')
      .argument('<type>', 'a type of content, like story', contentTypeArgument),
  ).action(async (type: string) => {
    const { output, connect } = workOf(command, surroundings);
    await showList(await connect(), output, {
      path: apiPath`/v1/content/${type}`,
      query: {},
      options: optionsOf(command, listOptionsSchema),
      item: contentSchema,
      columns: contentColumns,
      none: `There is no ${type}.`,
    });
  });
  withExamples(command, 'content list story', 'content list story --all --json');
}
