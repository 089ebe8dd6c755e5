import type { Command } from 'commander';
import * as z from 'zod';
import { ulidOfDeliveryId } from '../../lambdas/webhooks/delivery.ts';
import { ulidTime } from '../../lambdas/shared/identifier.ts';
import { apiPath, type Api } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { hookIdArgument, timeArgument } from './hooks-arguments.ts';
import { tellOutcome } from './hooks-outcome.ts';
import { acceptedInAll } from './hooks-rounds.ts';
import type { Watched } from './hooks-settled.ts';
import { pagesOf } from './hooks-walk.ts';
import { deliverySchema } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';

const example = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
const replayOptions = z.object({
  since: z.string(),
  until: z.string().optional(),
  onlyFailed: z.boolean().default(false),
  wait: z.boolean(),
});

/** `hooks replay`: events of a range of time again, however many calls that takes. */
export function addReplay(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('replay')
    .description('post events of a range of time to an endpoint again, with the same ids')
    .argument('<hook>', "the endpoint's id", hookIdArgument)
    .requiredOption('--since <time>', 'events from then on, RFC 3339 or a date', timeArgument)
    .option('--until <time>', 'events before (default: until now)', timeArgument)
    .option('--only-failed', 'only what failed, or was held while the endpoint was disabled')
    .option('--no-wait', 'do not wait for what comes of it')
    .action(async (hook: string) => {
      const { output, connect } = workOf(command, surroundings);
      const options = optionsOf(command, replayOptions);
      // The end stays where it was at the beginning: what a later call finds would be new.
      const until = options.until ?? new Date(surroundings.now()).toISOString();
      const { since, onlyFailed, wait } = options;
      const call = (from: string) =>
        ({
          method: 'POST',
          path: apiPath`/v1/hooks/${hook}/replay`,
          body: { since: from, until, onlyFailed },
        }) as const;
      const api = await connect();
      const watched = wait ? await toWatch(api, hook, { since, until, onlyFailed }) : [];
      const accepted = await acceptedInAll(api, call(since), ({ nextSince }) =>
        nextSince === undefined ? undefined : call(nextSince),
      );
      const look = `npx sequitur hooks deliveries ${hook}`;
      await tellOutcome({ api, output, surroundings }, { accepted, watched, look }, wait);
    });
  withExamples(
    command,
    `hooks replay ${example} --since 2026-11-21T10:00:00Z --only-failed`,
    `hooks replay ${example} --since 2026-11-20 --until 2026-11-21`,
  );
}

/** What the API replays; of what is pending it has nothing to replay. */
const replayed = new Set(['delivered', 'failed', 'held', 'discarded']);
const undelivered = new Set(['failed', 'held']);

/**
 * What a replay can take, as it is before: deliveries come newest events first, and their ids tell the
 * events' times.
 */
async function toWatch(
  api: Api,
  hook: string,
  { since, until, onlyFailed }: { since: string; until: string; onlyFailed: boolean },
): Promise<Watched[]> {
  const meant = onlyFailed ? undelivered : replayed;
  const [from, to] = [Date.parse(since), Date.parse(until)];
  const watched: Watched[] = [];
  const list = { path: apiPath`/v1/hooks/${hook}/deliveries` };
  for await (const page of pagesOf(api, list, deliverySchema)) {
    for (const { id, status, tries, event } of page) {
      const at = timeOf(id);
      if (at < from) return watched;
      const isMeant = at < to && event.type !== 'ping' && meant.has(status);
      if (isMeant) watched.push({ id, status, tries });
    }
  }
  return watched;
}

function timeOf(id: string): number {
  const ulid = ulidOfDeliveryId(id);
  return ulid === undefined ? NaN : ulidTime(ulid);
}
