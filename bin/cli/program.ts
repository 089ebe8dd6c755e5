import { Command } from 'commander';
import { addContent } from './content.ts';
import { addConvos } from './convos.ts';
import { addEvents } from './events.ts';
import { addFollows } from './follows.ts';
import { addHooks } from './hooks.ts';
import { addPush } from './push.ts';
import { addResources } from './resources.ts';
import type { Surroundings } from './surroundings.ts';
import { addTimelines } from './timelines.ts';

/** One entry per domain: a file that adds its group of commands. */
const groups = [
  addFollows,
  addTimelines,
  addConvos,
  addHooks,
  addEvents,
  addContent,
  addPush,
  addResources,
];

const epilogue = `
Where to:
  SEQUITUR_URL and SEQUITUR_TOKEN   the API's address and a token for it; without both, the
                                    local stack ("npm start"), as its operator

Exit codes:
  0 done   1 the work failed   2 wrong usage   3 no connection, or not allowed
  "push check" has its own: 0 fine   2 late   1 too late   3 could not tell

Examples:
  $ npx sequitur follows counts user:thoas
  $ npx sequitur timelines private user:thoas --all --json
  $ npx sequitur convos threads --folder inbox
  $ npx sequitur hooks retry-failed
  $ npx sequitur push run`;

/** All commands. Throws commander's errors instead of ending the process. */
export function createProgram(surroundings: Surroundings): Command {
  const { stdout, stderr } = surroundings;
  const program = new Command('sequitur')
    .description('What follows from a change: the command line of the Sequitur API.')
    .option('--json', 'print the answer as JSON')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText('after', epilogue);
  for (const add of groups) add(program, surroundings);
  return program;
}
