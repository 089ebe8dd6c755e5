import type { Command } from 'commander';
import { withExamples } from './command.ts';
import { addDeliveries, addDelivery } from './hooks-deliveries.ts';
import { addDeleteFailures, addFailures } from './hooks-failures.ts';
import { addCreate, addList, addShow, addSwitch, addUpdate } from './hooks-manage.ts';
import { addPing } from './hooks-ping.ts';
import { addReplay } from './hooks-replay.ts';
import { addRetryFailed } from './hooks-retry.ts';
import { addDelete, addRotateSecret } from './hooks-single.ts';
import { addDeliverStored, addStored } from './hooks-stored.ts';
import type { Surroundings } from './surroundings.ts';

/** `hooks`: endpoints that events are posted to, and what became of each post. */
export function addHooks(program: Command, surroundings: Surroundings): void {
  const group = program
    .command('hooks')
    .description('webhooks: endpoints that events are posted to, and their deliveries');
  addList(group, surroundings);
  addShow(group, surroundings);
  addCreate(group, surroundings);
  addUpdate(group, surroundings);
  addSwitch(group, surroundings, {
    name: 'enable',
    enabled: true,
    description: 'let an endpoint get events again; what was held waits for "hooks replay"',
  });
  addSwitch(group, surroundings, {
    name: 'disable',
    enabled: false,
    description: 'post nothing to an endpoint; its events are held for a while',
  });
  addDelete(group, surroundings);
  addRotateSecret(group, surroundings);
  addPing(group, surroundings);
  addDeliveries(group, surroundings);
  addDelivery(group, surroundings);
  addFailures(group, surroundings);
  addRetryFailed(group, surroundings);
  addDeleteFailures(group, surroundings);
  addStored(group, surroundings);
  addDeliverStored(group, surroundings);
  addReplay(group, surroundings);
  withExamples(
    group,
    "hooks create https://example.org/webhooks --event 'follow.*'",
    'hooks failures',
    'hooks retry-failed',
  );
}
