import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findFreePort } from '../../scripts/local/port.ts';
import { sequitur } from '../support/e2e/command-line.ts';
import { deployWith } from '../support/e2e/deploy-with.ts';
import { putPartnerSecret } from '../support/e2e/partner-secret.ts';
import { admin } from '../support/e2e/people.ts';
import { newRef, pushed, put, rows, rowsOf, storyFields } from '../support/e2e/push.ts';
import { startOpenSsh } from '../support/push/peers/openssh.ts';
import type { OpenSshPeer } from '../support/push/peers/openssh.ts';

/** Partner of the one target; nobody listens at the other's. */
let openSsh: OpenSshPeer;

beforeAll(async () => {
  openSsh = await startOpenSsh();
  const closed = await findFreePort();
  await deployWith({
    'push.targets': JSON.stringify({
      'partner-sftp': { url: openSsh.url, hostKeys: openSsh.hostKeys },
      'partner-ftp': { url: `ftp://127.0.0.1:${closed}` },
    }),
    'push.maxAttempts': '2',
    'push.maxAgeSeconds': '1',
    'push.checkOldAgeSeconds': '2',
    'push.checkTooOldAgeSeconds': '12',
  });
  await putPartnerSecret('partner-sftp', openSsh.credentials);
}, 300_000);
afterAll(() => openSsh.stop());

async function push(...words: string[]) {
  const { exitCode, stdout, stderr } = await sequitur(await admin(), 'push', ...words);
  return { exitCode, said: `${stdout}${stderr}` };
}

describe('with a partner that runs OpenSSH, and one that is down', () => {
  test('the one gets its files by key, the other is tried as often as set', async () => {
    const story = newRef('story');
    await put(story, storyFields());
    const [ftp, sftp] = (await pushed(story, 2)).toSorted((a, b) => (a.target < b.target ? -1 : 1));
    expect(sftp).toMatchObject({ status: 'PUSHED', attempts: [{ outcome: 'sent' }] });
    const file = `NEWS_${story.replace(':', '_')}.xml`;
    expect(await readFile(join(openSsh.files, file), 'utf8')).toContain('News &amp; more.');
    expect(ftp).toMatchObject({
      status: 'SEND_ERROR',
      statusCode: 130,
      attempts: [{ outcome: 'failed' }, { outcome: 'failed' }],
    });
    expect(ftp?.message).toMatch(
      new RegExp(`^\\[.*Z\\] '${file}': push ERROR: .*refused.* TARGET: 127\\.0\\.0\\.1`, 'u'),
    );
  });

  test('a mass run goes on to the one that is up, and fails as a whole', async () => {
    const story = newRef('story');
    await put(story, storyFields({ updatedAt: '2033-01-05T00:00:00.000Z' }));
    const { exitCode, said } = await push('mass', 'weekly-digest', '2033-01-03');
    expect(exitCode).toBe(1);
    expect(said).toMatch(/'weekly-digest\.zip': push SUCCESS/u);
    expect(said).toMatch(/'weekly-digest\.zip': push ERROR: .* TARGET: 127\.0\.0\.1/u);
    const zip = await readFile(join(openSsh.files, 'weekly-digest.zip'));
    expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
  });
});

describe('with short ages', () => {
  test('what waits too long is late, then too late', async () => {
    // The schedule may push what is to wait: then once more.
    for (let tries = 0; tries < 3; tries += 1) {
      await push('run');
      const story = newRef('story');
      await put(story, storyFields());
      await rowsOf(story, 2);
      await sleep(2_100);
      const late = await push('check');
      await sleep(10_000);
      const tooLate = await push('check');
      if ((await rows({ content: story, status: 'NEW' })).length < 2) continue;
      expect([late.exitCode, tooLate.exitCode]).toEqual([2, 1]);
      await push('run');
      expect((await push('check')).exitCode).toBe(0);
      return;
    }
    throw new Error('the schedule pushed each time');
  });

  test('what was pushed and exported is listed, then cleaned; what failed stays', async () => {
    const story = newRef('story');
    await put(story, storyFields());
    const [done] = (await pushed(story, 2)).filter(({ status }) => status === 'PUSHED');
    await sleep(1_100);
    const listed = await push('clean-queue', '--dry-run');
    expect(listed.exitCode).toBe(0);
    const count = /Total count of item to be deleted (?<count>\d+)/u.exec(listed.said)?.groups;
    const lines = listed.said.split('\n').filter((line) => line.includes('push_'));
    expect(lines).toHaveLength(Number(count?.['count']));
    expect(listed.said).toContain(done?.id);
    expect(await rows({ content: story })).toHaveLength(2);
    expect((await push('clean-queue')).exitCode).toBe(0);
    expect(await rows({ content: story })).toMatchObject([{ status: 'SEND_ERROR' }]);

    const files = await push('clean-export', '--dry-run');
    expect(files.said).toContain(`NEWS_${story.replace(':', '_')}.xml`);
    expect(files.said).toMatch(/Total count of file to be deleted [1-9]/u);
    expect((await push('clean-export')).exitCode).toBe(0);
    expect((await push('clean-export', '--dry-run')).said).toContain(
      'Total count of file to be deleted 0',
    );
  });
});
