import { fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { turnFile } from '../../../../scripts/local/exclusive-record.ts';
import type { LocalPaths } from '../../../../scripts/local/paths.ts';
import { startProcessGroup } from '../../../../scripts/local/process-group.ts';
import { processIdentity } from '../../../../scripts/local/process-identity.ts';
import {
  claimRun,
  readLiveRun,
  releaseRun,
  removeDeadRun,
  updateRun,
} from '../../../../scripts/local/run-record.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

const dead = { pid: process.pid, identity: 'an earlier process with this id' };

describe('the record of a run', () => {
  test('is found while its process lives and refuses a second claim', async () => {
    await withTemporaryPaths(async (paths) => {
      await claimRun(paths, true);
      expect(await readLiveRun(paths)).toMatchObject({
        supervisor: { pid: process.pid },
        detached: true,
      });
      await expect(claimRun(paths, false)).rejects.toMatchObject({ remedy: expect.any(String) });
      await releaseRun(paths);
      expect(await readLiveRun(paths)).toBeUndefined();
    });
  });

  test('of a dead process counts for nothing, and the engine it left is ended', async () => {
    await withTemporaryPaths(async (paths) => {
      const engine = await startProcessGroup({
        name: 'engine',
        command: 'sleep',
        args: ['60'],
        environment: { PATH: process.env['PATH'] ?? '' },
        workingDirectory: paths.root,
        logFile: join(paths.root, 'engine.log'),
      });
      await updateRun(paths, {
        supervisor: dead,
        detached: true,
        leftOut: [],
        engines: [{ name: 'engine', pid: engine.pid, identity: engine.identity }],
      });
      await mkdir(paths.temporaryDirectory, { recursive: true });
      await writeFile(paths.stackFile, '{}');
      expect(await readLiveRun(paths)).toBeUndefined();

      expect(await removeDeadRun(paths)).toBe(true);
      expect(await processIdentity(engine.pid)).toBeUndefined();
      for (const gone of [paths.runFile, paths.stackFile, paths.temporaryDirectory]) {
        await expect(stat(gone)).rejects.toMatchObject({ code: 'ENOENT' });
      }
      expect(await removeDeadRun(paths)).toBe(false);
    });
  });

  test('of a dead process never ends another that has the id of its engine now', async () => {
    await withTemporaryPaths(async (paths) => {
      await updateRun(paths, {
        supervisor: dead,
        detached: true,
        leftOut: [],
        engines: [{ name: 'engine', ...dead }],
      });
      // Otherwise this very process would have ended.
      expect(await removeDeadRun(paths)).toBe(true);
    });
  });

  test('of another process is not released', async () => {
    await withTemporaryPaths(async (paths) => {
      const identity = await processIdentity(process.ppid);
      const supervisor = { pid: process.ppid, identity: identity ?? '' };
      await updateRun(paths, { supervisor, detached: true, leftOut: [], engines: [] });
      await writeFile(paths.stackFile, '{}');
      await releaseRun(paths);
      expect(await readLiveRun(paths)).toMatchObject({ supervisor });
      await stat(paths.stackFile);
    });
  });

  test('that was cut off while it was written does not stand in the way', async () => {
    await withTemporaryPaths(async (paths) => {
      await mkdir(paths.directory, { recursive: true });
      await writeFile(paths.runFile, '{"supervisor":{"pi');
      await claimRun(paths, false);
      expect(await readLiveRun(paths)).toBeDefined();
      await releaseRun(paths);
    });
  });

  test('goes to one of two processes that claim at once, whatever an earlier one left', async () => {
    await withTemporaryPaths(async (paths) => {
      await mkdir(paths.directory, { recursive: true });
      const racers = [startRacer(paths), startRacer(paths)];
      try {
        for (const racer of racers) expect(await racer.says()).toBe('ready');
        for (let round = 0; round < 150; round += 1) {
          // In turn: nothing, a dead run, a dead run and one who died while removing it.
          const supervisor = { ...dead, identity: `ended before round ${String(round)}` };
          const record = { supervisor, detached: true, leftOut: [], engines: [] };
          const text = JSON.stringify(record);
          if (round % 3 > 0) await writeFile(paths.runFile, text);
          if (round % 3 > 1) await writeFile(turnFile(paths.runFile, text), JSON.stringify(dead));

          const at = Date.now() + 3;
          const answers = racers.map((racer) => racer.says());
          for (const racer of racers) racer.tell({ claimAt: at });
          const outcomes = await Promise.all(answers);
          const claims = outcomes.filter((outcome) => outcome === 'claimed');
          expect({ round, outcomes, claims }).toMatchObject({ claims: ['claimed'] });

          const released = racers.map((racer) => racer.says());
          for (const racer of racers) racer.tell('release');
          await Promise.all(released);
          expect(await readdir(paths.directory)).toEqual([]);
        }
      } finally {
        for (const racer of racers) racer.end();
      }
    });
  });
});

function startRacer({ root }: LocalPaths) {
  const child = fork(join(import.meta.dirname, 'claim-racer.ts'), [root], { execArgv: [] });
  const ended = once(child, 'exit').then(() => 'the racer ended');
  return {
    tell: (message: Serializable) => void child.send(message),
    /** What it says next. */
    says: () =>
      Promise.race([once(child, 'message').then(([message]) => message as unknown), ended]),
    end: () => void child.kill('SIGKILL'),
  };
}
