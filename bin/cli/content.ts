import type { Command } from 'commander';
import { withExamples } from './command.ts';
import { addDelete, addGet, addList, addPut } from './content-items.ts';
import { addUpload } from './content-upload.ts';
import type { Surroundings } from './surroundings.ts';

/** `content`: what partners get files of. */
export function addContent(program: Command, surroundings: Surroundings): void {
  const group = program
    .command('content')
    .description('content that partners get files of when it changes');
  addPut(group, surroundings);
  addGet(group, surroundings);
  addDelete(group, surroundings);
  addList(group, surroundings);
  addUpload(group, surroundings);
  withExamples(
    group,
    'content put story:7 --fields @story.json --related story:8',
    'content upload photo:7 original photo.jpg',
  );
}
