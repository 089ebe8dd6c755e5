import { beforeEach, expect, test } from '@jest/globals';
import { deleteContent } from '../../../../lambdas/push/content/delete-content.ts';
import { NotFoundError, TransientError } from '../../../../lambdas/shared/errors.ts';
import { faulty, faultsAt } from '../../../support/faulty.ts';
import type { Fault } from '../../../support/faulty.ts';
import { ContentScene } from './content-scene.ts';

let scene: ContentScene;
beforeEach(() => {
  scene = new ContentScene();
});

const remove = async (content = scene.content) =>
  deleteContent({ content, pace: scene.pace }, 'note:1');
const lost: Fault = { kind: 'answer lost', error: new TransientError('busy') };

test('an item is deleted, and is there no more', async () => {
  await scene.put({ a: 1 });
  await remove();
  expect(await scene.content.get('note:1')).toBeUndefined();
  await expect(remove()).rejects.toThrow(NotFoundError);
});

test('what was never there can’t be deleted', async () => {
  await expect(remove()).rejects.toThrow('There is no content note:1.');
});

test('a version that came meanwhile is deleted too', async () => {
  await scene.put({ a: 1 });
  const content = faulty(scene.content, {
    turn: async (label) => {
      if (label === 'remove 1') await scene.put({ a: 2 });
    },
  });
  await remove(content);
  expect(scene.written.map((item) => item?.version)).toEqual([1, 2, undefined]);
});

test('a deletion whose answer was lost is done', async () => {
  await scene.put({ a: 1 });
  await remove(faulty(scene.content, { plan: faultsAt({ remove: { 1: lost } }) }));
  expect(scene.written).toHaveLength(2);
});

test('a deletion whose answer was lost leaves alone what was made after it', async () => {
  await scene.put({ a: 1 });
  const content = faulty(scene.content, {
    plan: faultsAt({ remove: { 1: lost } }),
    turn: async (label) => {
      if (label === 'get 2') await scene.put({ a: 1 });
    },
  });
  await remove(content);
  expect(await scene.content.get('note:1')).toMatchObject({ version: 1, fields: { a: 1 } });
});

test('of two deletions at once one finds nothing', async () => {
  await scene.put({ a: 1 });
  const content = faulty(scene.content, {
    turn: async (label) => {
      if (label === 'remove 1') await remove();
    },
  });
  await expect(remove(content)).rejects.toThrow(NotFoundError);
});
