import { describe, expect, test } from '@jest/globals';
import { partnerStories } from '../../../../../config/push-rules/partner-stories/rule.ts';
import type { Content } from '../../../../../lambdas/shared/define/content-type.ts';
import type { PushRule } from '../../../../../lambdas/shared/define/push-rule.ts';
import { photoOf, storyOf, toolsWith } from '../stored-content.ts';

const rule: PushRule = partnerStories;

async function supervisorOf(content: Content) {
  const supervisor = await rule.supervise(content, toolsWith());
  if (supervisor === undefined) throw new Error('not supervised');
  return supervisor;
}

/** What the filters say, in their order. */
async function filtered(content: Content, changed: readonly string[] = ['state']) {
  const { filterByType, filterByUpdates, filterByState } = await supervisorOf(content);
  const tools = toolsWith();
  return {
    type: await filterByType?.(content, tools),
    updates: await filterByUpdates?.(changed, content, tools),
    state: await filterByState?.(content, tools),
  };
}

async function outputsOf(content: Content, ...others: readonly Content[]) {
  return (await supervisorOf(content)).outputs(content, toolsWith(content, ...others));
}

describe('partner-stories', () => {
  test('takes an online story of 500 characters', async () => {
    expect(await filtered(storyOf('7'))).toEqual({ type: true, updates: true, state: true });
  });

  test.each([
    ['499 characters', 'x'.repeat(499), false],
    ['500 characters', 'x'.repeat(500), true],
    ['500 characters with their tags', `<p>${'x'.repeat(493)}</p>`, true],
    ['499 characters that JavaScript counts twice', '😀'.repeat(499), false],
    ['500 characters that JavaScript counts twice', '😀'.repeat(500), true],
  ])('of a story of %s: %s', async (_length, content, taken) => {
    expect((await filtered(storyOf('7', { content }))).type).toBe(taken);
  });

  test.each([
    [['state'], true],
    [['updatedAt'], true],
    [['title', 'updatedAt', 'related'], true],
    [['title', 'content', 'photo', 'related'], false],
    [[], false],
  ])('minds a change of %j: %s', async (changed, minded) => {
    expect((await filtered(storyOf('7'), changed)).updates).toBe(minded);
  });

  test('leaves out a story that is offline', async () => {
    expect((await filtered(storyOf('7', { state: 10 }))).state).toBe(false);
  });

  test('is not for photos by themselves', async () => {
    expect(await rule.supervise(photoOf('3'), toolsWith())).toBeUndefined();
  });

  test('makes one file of a story without a photo', async () => {
    expect(await outputsOf(storyOf('7', { content: '<p>Caf&eacute;</p><p>open</p>' }))).toEqual([
      {
        kind: 'template',
        name: 'NEWS_story_7.xml',
        context: {
          date: '2026-11-18T12:00:00.000Z',
          text: 'Café\nopen',
          photo: undefined,
          links: [],
        },
      },
    ]);
  });

  test('puts the photo beside it, under the path that the story names', async () => {
    const [news, photo, ...more] = await outputsOf(storyOf('7', { photo: 'photo:a:3' }));
    expect(news).toMatchObject({ context: { photo: '/medias/a:3.jpg' } });
    expect(photo).toEqual({
      kind: 'binary',
      binary: 'original',
      of: 'photo:a:3',
      directory: 'medias',
      name: 'a:3.jpg',
    });
    expect(more).toEqual([]);
  });

  test.each([
    ['2026-11-18T01:30:00+02:00', '2026-11-17T23:30:00.000Z'],
    ['2026-11-18T12:00Z', '2026-11-18T12:00:00.000Z'],
  ])('writes the date %s as %s', async (updatedAt, date) => {
    const [news] = await outputsOf(storyOf('7', { updatedAt }));
    expect(news).toMatchObject({ context: { date } });
  });

  test('links the first three stories, but for those that are gone, and none else', async () => {
    const related = ['photo:1', 'story:1', 'user:2', 'story:gone', 'story:3', 'story:4'];
    const others = ['1', '3', '4'].map((id) => storyOf(id));
    const [news] = await outputsOf(storyOf('7', {}, related), photoOf('1'), ...others);
    expect(news).toMatchObject({
      context: {
        links: [
          { id: '1', title: 'Title of 1' },
          { id: '3', title: 'Title of 3' },
        ],
      },
    });
  });

  test('pushes nothing along', async () => {
    expect((await supervisorOf(storyOf('7', {}, ['story:1']))).related).toBeUndefined();
  });
});
