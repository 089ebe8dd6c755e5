import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { throughout } from '../support/e2e/eventually.ts';
import { admin } from '../support/e2e/people.ts';
import {
  filesOf,
  longText,
  newPhoto,
  newRef,
  partners,
  pathOfContent,
  pushed,
  put,
  putting,
  received,
  rows,
  rowsOf,
  storyFields,
  uploaded,
} from '../support/e2e/push.ts';

const idOf = (ref: string) => ref.slice(ref.indexOf(':') + 1);

test('an online story is with both partners: its XML, and its photo beside it', async () => {
  const bytes = randomBytes(200_000);
  const photo = await newPhoto(bytes);
  const [other, draft] = [newRef('story'), newRef('story')];
  await put(other, storyFields({ title: 'Tom & "Jerry" <b>', state: 10 }));
  await put(draft, storyFields({ state: 10 }));
  const gone = newRef('story');
  const fourth = newRef('story');
  const story = newRef('story');
  const title = 'A "title" & <more> é😀';
  await put(story, storyFields({ title, photo }), [photo, gone, other, draft, fourth]);
  const all = await pushed(story, 2);
  expect(all.map(({ target }) => target).toSorted()).toEqual([...partners]);
  const name = `NEWS_story_${idOf(story)}.xml`;
  const jpeg = `medias/${idOf(photo)}.jpg`;
  for (const row of all) {
    expect(row).toMatchObject({
      rule: 'partner-stories',
      content: story,
      status: 'PUSHED',
      statusCode: 50,
      attempts: [{ outcome: 'sent' }],
    });
    const stamp = String.raw`\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\]`;
    expect(row.message.split('\n')).toEqual([
      expect.stringMatching(`^${stamp} '${name}': push SUCCESS$`),
      expect.stringMatching(`^${stamp} '${jpeg}': push SUCCESS$`),
    ]);
    expect(row.runId).toMatch(/^run_/u);
    expect(Date.parse(row.lastAttemptAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(row.attempts[0]?.at ?? ''),
    );
  }
  for (const partner of partners) {
    const xml = (await received(partner, name)).toString('utf8');
    expect(xml).toContain('A &quot;title&quot; &amp; &lt;more&gt; é😀');
    expect(xml).toContain(`/medias/${idOf(photo)}.jpg`);
    expect(xml).toContain('News &amp; more.');
    expect(xml).not.toContain('<p>');
    expect(xml).not.toContain('&amp;amp;');
    expect(xml).toContain(idOf(other));
    expect(xml).toContain('Tom &amp; &quot;Jerry&quot; &lt;b&gt;');
    for (const missing of [gone, fourth]) expect(xml).not.toContain(idOf(missing));
    expect(await received(partner, jpeg)).toEqual(bytes);
    // Links are not exported themselves, and nothing temporary is left.
    const names = await filesOf(partner);
    expect(names.filter((one) => one.includes(idOf(other)))).toEqual([]);
    expect(names.filter((one) => one.includes(idOf(story)))).toEqual([name]);
  }
});

test('only changes that the rule asks about are pushed, and each once', async () => {
  const story = newRef('story');
  await put(story, storyFields({ state: 10 }));
  const short = newRef('story');
  await put(short, storyFields({ content: '<p>Too short.</p>' }));
  const exact = newRef('story');
  await put(exact, storyFields({ content: 'x'.repeat(500) }));
  await put(story, storyFields({ state: 20 }));
  await pushed(story, 2);
  // A title alone is none of the partner's business; nor is what does not change.
  await put(story, storyFields({ title: 'Another' }));
  await put(story, storyFields({ title: 'Another' }));
  const later = storyFields({ title: 'Another', updatedAt: '2026-11-21T11:00:00.000Z' });
  await put(story, later);
  const again = await pushed(story, 4);
  expect(again.map(({ status }) => status)).toEqual(['PUSHED', 'PUSHED', 'PUSHED', 'PUSHED']);
  await rowsOf(exact, 2);
  await throughout(async () => {
    expect(await rows({ content: short })).toEqual([]);
    expect(await rows({ content: story })).toHaveLength(4);
  });
  const name = `NEWS_story_${idOf(story)}.xml`;
  expect((await received('partner-sftp', name)).toString()).toContain('Another');
});

test('rows that wait are not doubled by further changes', async () => {
  const story = newRef('story');
  const changes = 20;
  for (let minute = 10; minute < 10 + changes; minute += 1) {
    await put(story, storyFields({ updatedAt: `2026-11-21T10:${minute}:00.000Z` }));
  }
  await throughout(async () => {
    const waiting = await rows({ content: story, status: 'NEW' });
    expect(new Set(waiting.map(({ target }) => target)).size).toBe(waiting.length);
  });
  // The schedule may have taken what waited once meanwhile, or twice.
  const { length } = await rows({ content: story });
  expect([2, 4, 6]).toContain(length);
  for (const { status } of await pushed(story, length)) expect(status).toBe('PUSHED');
});

test('a missing file fails its own output, and its arrival with a change pushes it', async () => {
  const photo = newRef('photo');
  await put(photo, {});
  const story = newRef('story');
  await put(story, storyFields({ photo }));
  for (const row of await pushed(story, 2)) {
    expect(row).toMatchObject({ status: 'OUTPUT_GENERATION_ERROR', statusCode: 120 });
    expect(row.message).toContain(idOf(photo));
    // The other output went on.
    expect(row.message).toContain(`'NEWS_story_${idOf(story)}.xml': push SUCCESS`);
  }
  await uploaded(photo, 'original', Buffer.from('late'));
  const operator = await admin();
  const failed = await rows({ content: story, status: 'failed' });
  expect(failed).toHaveLength(2);
  for (const { id } of failed) {
    const { status, body } = await call(operator, 'POST', `/push/items/${id}/reset`);
    expect([status, body['status'], body['message']]).toEqual([200, 'NEW', '']);
  }
  for (const row of await pushed(story, 2)) {
    expect(row.status).toBe('PUSHED');
    expect(row.attempts).toHaveLength(2);
  }
  expect((await received('partner-ftp', `medias/${idOf(photo)}.jpg`)).toString()).toBe('late');
});

test('content that is gone by the time of the push is told so', async () => {
  // The schedule may be quicker than we: then once more.
  for (let tries = 0; tries < 3; tries += 1) {
    const story = newRef('story');
    await put(story, storyFields());
    await rowsOf(story, 2);
    await call(await admin(), 'DELETE', pathOfContent(story));
    const ends = await pushed(story, 2);
    if (ends.some(({ status }) => status === 'PUSHED')) continue;
    for (const row of ends) {
      expect(row).toMatchObject({ status: 'PUSH_ERROR', statusCode: 110 });
      expect(row.message).toContain('gone');
    }
    return;
  }
  throw new Error('the schedule was quicker each time');
});

test('a save is answered at once, whatever the rules do', async () => {
  const { status, body } = await putting(newRef('story'), {
    fields: storyFields({ content: `${longText}<script>throw 1</script>` }),
  });
  expect([status, body.version]).toEqual([201, 1]);
});
