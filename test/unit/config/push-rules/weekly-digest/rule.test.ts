import { describe, expect, test } from '@jest/globals';
import { weeklyDigest } from '../../../../../config/push-rules/weekly-digest/rule.ts';
import type { Content } from '../../../../../lambdas/shared/define/content-type.ts';
import type { MassRule } from '../../../../../lambdas/shared/define/push-rule.ts';
import { photoOf, storyOf, toolsWith } from '../stored-content.ts';

const rule: MassRule = weeklyDigest;

async function itemsOf(args: readonly string[], ...stored: readonly Content[]) {
  const refs: string[] = [];
  for await (const { ref } of rule.items(args, toolsWith(...stored))) refs.push(ref);
  return refs;
}

async function filesOf(content: Content) {
  const tools = toolsWith(content);
  const supervisor = await rule.supervise(content, tools);
  return {
    outputs: await supervisor?.outputs(content, tools),
    related: await supervisor?.related?.(content, tools),
  };
}

describe('weekly-digest', () => {
  test.each([
    ['2026-11-15T23:59:59.999Z', false],
    ['2026-11-16T00:00:00.000Z', true],
    ['2026-11-22T23:59:59.999Z', true],
    ['2026-11-23T00:00:00.000Z', false],
    ['2026-11-16T01:00:00+02:00', false],
    ['2026-11-15T23:00:00-02:00', true],
  ])('of the week of 2026-11-16 is a story of %s: %s', async (updatedAt, included) => {
    const stored = storyOf('7', { updatedAt });
    expect(await itemsOf(['2026-11-16'], stored)).toEqual(included ? ['story:7'] : []);
  });

  test('has short stories too, but none that is offline, and no photos', async () => {
    const stored = [
      storyOf('1', { content: 'short' }),
      storyOf('2', { state: 10 }),
      photoOf('3'),
      storyOf('4'),
    ];
    expect(await itemsOf(['2026-11-16'], ...stored)).toEqual(['story:1', 'story:4']);
  });

  test.each([
    [[], 'nothing'],
    [['2026-11-16', '2026-11-23'], '"2026-11-16", "2026-11-23"'],
    [['2026-02-30'], '"2026-02-30"'],
    [['2026-11-16T00:00:00Z'], '"2026-11-16T00:00:00Z"'],
    [['16.11.2026'], '"16.11.2026"'],
    [['yesterday'], '"yesterday"'],
    [[''], '""'],
  ])('refuses %j with what it takes and what was given', async (args, given) => {
    await expect(itemsOf(args, storyOf('7'))).rejects.toThrow(
      `weekly-digest takes one argument, the first day of a week as an ISO date such as 2026-11-16; given is ${given}`,
    );
  });

  test('makes a file of a story, and has its photo come along', async () => {
    const { outputs, related } = await filesOf(
      storyOf('7', { photo: 'photo:3', content: '<p>A</p>' }),
    );
    expect(outputs).toEqual([
      {
        kind: 'template',
        name: 'story_7.xml',
        context: { date: '2026-11-18T12:00:00.000Z', text: 'A', photo: 'photos/3.jpg' },
      },
    ]);
    expect(related).toEqual(['photo:3']);
  });

  test('has nothing come along with a story without a photo', async () => {
    expect((await filesOf(storyOf('7'))).related).toEqual([]);
  });

  test('puts photos in a folder of their own', async () => {
    expect((await filesOf(photoOf('3'))).outputs).toEqual([
      { kind: 'binary', binary: 'original', directory: 'photos', name: '3.jpg' },
    ]);
  });

  test('goes as one archive', () => {
    expect(rule.pack).toEqual({ kind: 'zip', name: 'weekly-digest.zip' });
  });
});
