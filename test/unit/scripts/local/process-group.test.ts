import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { startProcessGroup, stopProcessGroup } from '../../../../scripts/local/process-group.ts';
import { processIdentity } from '../../../../scripts/local/process-identity.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

const environment = { PATH: process.env['PATH'] ?? '' };

async function shell(directory: string, script: string) {
  return startProcessGroup({
    name: 'The shell',
    command: 'sh',
    args: ['-c', script],
    environment,
    workingDirectory: directory,
    logFile: join(directory, 'log', 'shell.log'),
  });
}

/** The id that the script wrote about a child of its own. */
async function childId(directory: string): Promise<number> {
  for (;;) {
    const text = await readFile(join(directory, 'child'), 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await delay(10);
  }
}

async function untilGone(pid: number): Promise<void> {
  while ((await processIdentity(pid)) !== undefined) await delay(10);
}

describe('a process group', () => {
  test('ends with its leader and the children that the leader left behind', async () => {
    await withTemporaryPaths(async ({ root }) => {
      const group = await shell(root, 'sleep 60 & echo $! > child; wait');
      const child = await childId(root);
      await group.stop();
      await untilGone(child);
      expect(await processIdentity(group.pid)).toBeUndefined();
      expect(await group.ended).toBe('signal SIGTERM');
    });
  });

  test('has its children ended after the leader crashed', async () => {
    await withTemporaryPaths(async ({ root }) => {
      const group = await shell(root, 'sleep 60 & echo $! > child; wait');
      const child = await childId(root);
      process.kill(group.pid, 'SIGKILL');
      expect(await group.ended).toBe('signal SIGKILL');
      expect(await processIdentity(child)).toBeDefined();
      await group.stop();
      await untilGone(child);
    });
  });

  test('keeps what it prints in its log', async () => {
    await withTemporaryPaths(async ({ root }) => {
      const group = await shell(root, 'echo out; echo err >&2; sleep 0.2; exit 3');
      expect(await group.ended).toBe('exit code 3');
      expect(await readFile(join(root, 'log', 'shell.log'), 'utf8')).toBe('out\nerr\n');
    });
  });

  test('of somebody else who got the same process id is left alone', async () => {
    await withTemporaryPaths(async ({ root }) => {
      const group = await shell(root, 'echo $$ > child; exec sleep 60');
      await childId(root);
      await stopProcessGroup(group.pid, 'started at another time');
      expect(await processIdentity(group.pid)).toBe(group.identity);
      await group.stop();
    });
  });

  test('whose program is missing fails with the name and the log', async () => {
    await withTemporaryPaths(async ({ root }) => {
      const started = startProcessGroup({
        name: 'The engine',
        command: join(root, 'missing'),
        args: [],
        environment,
        workingDirectory: root,
        logFile: join(root, 'engine.log'),
      });
      await expect(started).rejects.toMatchObject({
        message: expect.stringContaining('The engine did not start'),
        remedy: expect.stringContaining('engine.log'),
      });
    });
  });
});
