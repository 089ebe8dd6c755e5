import { beforeEach, expect, test } from '@jest/globals';
import { asContent, contentReader } from '../../../../lambdas/push/content/content-reader.ts';
import { putContent } from '../../../../lambdas/push/content/put-content.ts';
import type { Content } from '../../../../lambdas/shared/define/content-type.ts';
import { ContentScene, note } from './content-scene.ts';

let scene: ContentScene;
beforeEach(() => {
  scene = new ContentScene();
});

const put = async (id: string, type = note) => {
  scene.clock.advance(1);
  return putContent(scene, { type, id, fields: { a: { b: 1 } }, related: [] });
};

test('an item is read without where it is stored', async () => {
  const { content } = await put('1');
  const files = [{ name: 'scan', size: 3, sha256: 'aa', key: 'note/1/scan/X' }];
  await scene.content.put({ ...content, version: 2, binaries: files });
  const read = await contentReader(scene.content).get('note:1');
  const { ulid: _ulid, ...rest } = content;
  expect(read).toEqual({
    ...rest,
    version: 2,
    binaries: [{ name: 'scan', size: 3, sha256: 'aa' }],
  });
  expect(await contentReader(scene.content).get('note:2')).toBeUndefined();
});

test('what a rule does to an item stays with it', async () => {
  const { content } = await put('1');
  const [one, other] = [asContent(content), asContent(content)];
  Object.assign(one.fields['a'] as object, { b: 2 });
  expect(other.fields).toEqual({ a: { b: 1 } });
  expect(content.fields).toEqual({ a: { b: 1 } });
});

test('all items of a type are read, the oldest first, and of no other', async () => {
  await put('x', { ...note, type: 'other' });
  const ids = Array.from({ length: 250 }, (_none, place) => `${(place * 7) % 250}`);
  for (const id of ids) await put(id);
  const read: Content[] = [];
  for await (const item of contentReader(scene.content).ofType('note')) read.push(item);
  expect(read.map(({ id }) => id)).toEqual(ids);
});

test('what stops early reads no further page', async () => {
  for (let place = 0; place < 201; place += 1) await put(String(place));
  let lists = 0;
  const list: typeof scene.content.list = async (type, page) => {
    lists += 1;
    return scene.content.list(type, page);
  };
  const items = contentReader({ ...scene.content, list }).ofType('note');
  for (let count = 0; count < 100; count += 1) await items[Symbol.asyncIterator]().next();
  expect(lists).toBe(1);
});
