import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
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

  test('that was cut off while it was written does not stand in the way', async () => {
    await withTemporaryPaths(async (paths) => {
      await mkdir(paths.directory, { recursive: true });
      await writeFile(paths.runFile, '{"supervisor":{"pi');
      await claimRun(paths, false);
      expect(await readLiveRun(paths)).toBeDefined();
      await releaseRun(paths);
    });
  });
});
