import type { Command } from 'commander';
import * as z from 'zod';
import type { Api } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { binaryNameArgument, contentPath, contentRef } from './content-arguments.ts';
import { openUpload, transfer } from './content-transfer.ts';
import { exitCodes, Failure } from './failure.ts';
import { binaryColumns, contentSchema } from './shown-content.ts';
import type { ShownContent } from './shown-content.ts';
import type { Surroundings } from './surroundings.ts';
import { waitFor } from './wait.ts';

const urlSchema = z.looseObject({ uploadUrl: z.string() });

/** An arrival is measured within seconds, gigabytes within minutes; longer, and something is wrong. */
const longestWaitMs = 10 * 60 * 1000;

/** `content upload`: a file into the store of binaries, and its arrival at the item. */
export function addUpload(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('upload')
    .description('upload a binary of an item, in place of what it was; up to 5 GB')
    .argument('<ref>', 'the item, type:id', contentRef)
    .argument('<name>', "the binary, one that the item's type declares", binaryNameArgument)
    .argument('<file>', 'the file to upload')
    .option('--no-wait', 'do not wait until the item has it')
    .action(async (ref: string, name: string, file: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { wait } = optionsOf(command, z.object({ wait: z.boolean() }));
      const upload = await openUpload(file);
      try {
        const api = await connect();
        const { uploadUrl } = await api(
          { method: 'POST', path: `${contentPath(ref)}/binaries/${name}` },
          urlSchema,
        );
        const sent = { name, ...(await transfer(upload, uploadUrl, surroundings)) };
        const arrived = wait ? await arrival(api, ref, sent, surroundings) : sent;
        if (output.json) output.document(arrived);
        else output.rows(binaryColumns, [arrived]);
      } finally {
        await upload.close();
      }
    });
  withExamples(
    command,
    'content upload photo:7 original photo.jpg',
    'content upload photo:7 original photo.jpg --no-wait --json',
  );
}

type Binary = ShownContent['binaries'][number];

/**
 * Waits until the item has these bytes under this name.
 *
 * @throws Failure when the item is gone, or does not get them
 */
async function arrival(
  api: Api,
  ref: string,
  sent: { name: string; sha256: string },
  surroundings: Surroundings,
): Promise<Binary> {
  const look = `npx sequitur content get ${ref}`;
  const endsAt = surroundings.now() + longestWaitMs;
  const arrived = await waitFor(surroundings, {
    look: async () => {
      const { binaries } = await api({ method: 'GET', path: contentPath(ref) }, contentSchema);
      return { found: binaries.find((one) => one.name === sent.name && isSame(one, sent)) };
    },
    finished: ({ found }) => found !== undefined || surroundings.now() >= endsAt,
    progress: () => `Uploaded. Waiting until ${ref} has it`,
    goesOn: `The file is uploaded; whether it has arrived: ${look}`,
  });
  if (arrived.found !== undefined) return arrived.found;
  throw new Failure(
    exitCodes.workFailed,
    `${ref} does not have the file, though it is uploaded; another upload may have taken its place: ${look}`,
  );
}

function isSame(one: Binary, { sha256 }: { sha256: string }): boolean {
  return one.sha256 === sha256;
}
