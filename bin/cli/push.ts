import type { Command } from 'commander';
import { withExamples } from './command.ts';
import { addCheck } from './push-check.ts';
import { addCleanExport, addCleanQueue } from './push-clean.ts';
import { addRules, addTargets } from './push-configuration.ts';
import { addItem, addItems } from './push-items.ts';
import { addMass } from './push-mass.ts';
import { addReset } from './push-reset.ts';
import { addRun } from './push-run.ts';
import { addRuns, addShowRun } from './push-runs.ts';
import type { Surroundings } from './surroundings.ts';

/** `push`: files for partners, the queue of them and its runs. */
export function addPush(program: Command, surroundings: Surroundings): void {
  const group = program
    .command('push')
    .description('files for partners: what is to be pushed, and what became of it');
  addRun(group, surroundings);
  addMass(group, surroundings);
  addItems(group, surroundings);
  addItem(group, surroundings);
  addReset(group, surroundings);
  addRuns(group, surroundings);
  addShowRun(group, surroundings);
  addCheck(group, surroundings);
  addCleanQueue(group, surroundings);
  addCleanExport(group, surroundings);
  addRules(group, surroundings);
  addTargets(group, surroundings);
  withExamples(
    group,
    'push run',
    'push mass weekly-digest 2026-11-16',
    'push items --status failed',
  );
}
