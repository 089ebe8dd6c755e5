import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runTool } from '../../scripts/local/run-tool.ts';
import { call } from '../support/e2e/api.ts';
import { sequitur } from '../support/e2e/command-line.ts';
import { admin } from '../support/e2e/people.ts';
import {
  ended,
  newPhoto,
  newRef,
  partners,
  put,
  received,
  sentAt,
  startRun,
  storyFields,
} from '../support/e2e/push.ts';

const idOf = (ref: string) => ref.slice(ref.indexOf(':') + 1);

/** A week of its own, so that no other test's stories are in it. */
const week = '2031-03-03';

const of = (updatedAt: string, more = {}) => storyFields({ updatedAt, ...more });

/** Names and bytes of what is in a zip, by Python's reader, which checks each sum. */
async function unzipped(bytes: Buffer): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'digest-'));
  try {
    const file = join(folder, 'a.zip');
    await writeFile(file, bytes);
    const script =
      'import json,sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(json.dumps({n:z.read(n).decode("latin-1") for n in z.namelist()}))';
    const { outcome, output } = await runTool('python3', ['-c', script, file]);
    if (outcome !== 'done') throw new Error(output);
    return new Map(Object.entries(JSON.parse(output) as Record<string, string>));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the stories of a week are with both partners, in one zip', async () => {
  const photo = await newPhoto(Buffer.from('a photo'));
  const [first, last, before, after, offline] = [1, 2, 3, 4, 5].map(() => newRef('story'));
  await put(first ?? '', of('2031-03-03T00:00:00.000Z', { photo }));
  // The last moment of the week, said with an offset.
  await put(last ?? '', of('2031-03-10T01:59:59.999+02:00', { content: 'Short.' }));
  await put(before ?? '', of('2031-03-02T23:59:59.999Z'));
  await put(after ?? '', of('2031-03-10T00:00:00.000Z'));
  await put(offline ?? '', of('2031-03-05T00:00:00.000Z', { state: 10 }));

  const { exitCode, stdout, stderr } = await sequitur(
    await admin(),
    'push',
    'mass',
    'weekly-digest',
    week,
  );
  expect(exitCode).toBe(0);
  expect(`${stdout}${stderr}`).toContain('Job ran correctly');
  const zips = await Promise.all(partners.map((partner) => received(partner, 'weekly-digest.zip')));
  expect(zips[0]).toEqual(zips[1]);
  const files = await unzipped(zips[0] ?? Buffer.alloc(0));
  expect([...files.keys()].toSorted()).toEqual(
    [
      `photos/${idOf(photo)}.jpg`,
      `story_${idOf(first ?? '')}.xml`,
      `story_${idOf(last ?? '')}.xml`,
    ].toSorted(),
  );
  expect(files.get(`photos/${idOf(photo)}.jpg`)).toBe('a photo');

  // The same content makes the same bytes.
  const run = await ended(await startRun('/push/rules/weekly-digest/mass', { args: [week] }));
  expect(run).toMatchObject({
    kind: 'mass',
    rule: 'weekly-digest',
    state: 'done',
    counts: { selected: 2, pushed: 2, failed: 0 },
  });
  expect(run.messages).toEqual(
    partners.map(() => expect.stringMatching(/'weekly-digest\.zip': push SUCCESS$/u)),
  );
  expect(await received('partner-sftp', 'weekly-digest.zip')).toEqual(zips[0]);
});

test('a week without stories sends nothing', async () => {
  const before = await Promise.all(partners.map((partner) => sentAt(partner, 'weekly-digest.zip')));
  const { exitCode, stdout, stderr } = await sequitur(
    await admin(),
    'push',
    'mass',
    'weekly-digest',
    '1999-01-04',
  );
  expect(exitCode).toBe(0);
  expect(`${stdout}${stderr}`).toContain('Nothing to push');
  const after = await Promise.all(partners.map((partner) => sentAt(partner, 'weekly-digest.zip')));
  expect(after).toEqual(before);
});

test('arguments that make no sense end the run with what is wrong', async () => {
  for (const args of [[], ['yesterday'], ['2031-02-30'], [week, week]]) {
    const run = await ended(await startRun('/push/rules/weekly-digest/mass', { args }));
    expect([args, run.state]).toEqual([args, 'failed']);
    expect(run.messages.join()).toMatch(/date/u);
  }
  const { exitCode, stderr } = await sequitur(await admin(), 'push', 'mass', 'weekly-digest', 'x');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/date/u);
});

test('a sequential rule is no mass rule, an unknown one lists those that there are', async () => {
  const operator = await admin();
  const ask = (rule: string) =>
    call(operator, 'POST', `/push/rules/${rule}/mass`, { body: { args: [] } });
  expect((await ask('partner-stories')).status).toBe(400);
  const unknown = await ask('nonsense');
  expect(unknown.status).toBe(404);
  expect(unknown.body['detail']).toMatch(/partner-stories.*weekly-digest/u);
  const { exitCode, stderr } = await sequitur(operator, 'push', 'mass', 'nonsense');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/partner-stories.*weekly-digest/u);
});
