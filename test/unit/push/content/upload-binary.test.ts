import { beforeEach, describe, expect, test } from '@jest/globals';
import { story } from '../../../../config/content-types.ts';
import { placeOfKey } from '../../../../lambdas/push/content/binary-key.ts';
import { binaryArrived } from '../../../../lambdas/push/content/binary-arrival.ts';
import { uploadBinary } from '../../../../lambdas/push/content/upload-binary.ts';
import { NotFoundError, ValidationError } from '../../../../lambdas/shared/errors.ts';
import { ulidTime } from '../../../../lambdas/shared/identifier.ts';
import { ContentScene, note } from './content-scene.ts';

let scene: ContentScene;
beforeEach(() => {
  scene = new ContentScene();
});

/** An upload by a function whose clock differs from the others'. */
const upload = async (name = 'scan', aheadMs = 0) => {
  const { content, binaries, newUlid, clock } = scene;
  const parts = { content, binaries, newUlid, now: () => clock.now() + aheadMs };
  return uploadBinary(parts, { type: note, id: '1', name });
};
const keyOf = (uploadUrl: string) => decodeURIComponent(new URL(uploadUrl).pathname.slice(1));
const arrive = async ({ uploadUrl }: { uploadUrl: string }, text: string) => {
  const key = scene.binaries.arrive(uploadUrl, Buffer.from(text)) ?? '';
  await binaryArrived(scene, key);
  return key;
};

test('an upload has a place of its own, and a quarter of an hour to begin', async () => {
  await scene.put({ a: 1 });
  const [first, second] = [await upload(), await upload()];
  expect(first.expiresAt).toBe('2026-11-21T10:45:00.000Z');
  expect(placeOfKey(keyOf(first.uploadUrl))).toMatchObject({ type: 'note', id: '1', name: 'scan' });
  expect(keyOf(first.uploadUrl)).not.toBe(keyOf(second.uploadUrl));
  scene.clock.advance(900_001);
  expect(scene.binaries.arrive(first.uploadUrl, Buffer.from('x'))).toBeUndefined();
});

describe('there is no upload', () => {
  test('for content that is not there', async () => {
    await expect(upload()).rejects.toThrow(NotFoundError);
  });

  test('under a name that the type does not declare', async () => {
    await scene.put({ a: 1 });
    await expect(upload('film')).rejects.toThrow(ValidationError);
    await expect(upload('film')).rejects.toMatchObject({ errors: [{ path: 'path.name' }] });
    await expect(upload('film')).rejects.toThrow('it has scan, sound');
  });

  test('for a type that declares none', async () => {
    const { content, binaries, newUlid, clock } = scene;
    const parts = { content, binaries, newUlid, now: clock.now };
    const refused = uploadBinary(parts, { type: story, id: '1', name: 'original' });
    await expect(refused).rejects.toThrow('it has none');
  });
});

describe('by a clock that is behind', () => {
  test('an upload is still later than its item', async () => {
    const { content } = await scene.put({ a: 1 });
    const { uploadUrl } = await upload('scan', -50);
    const { ulid = '' } = placeOfKey(keyOf(uploadUrl)) ?? {};
    expect(ulidTime(ulid)).toBeGreaterThanOrEqual(ulidTime(content.ulid));
  });

  test('an upload still replaces the file that was there', async () => {
    await scene.put({ a: 1 });
    await arrive(await upload('scan', 50), 'one');
    const key = await arrive(await upload('scan', 0), 'two');
    expect((await scene.content.get('note:1'))?.binaries).toMatchObject([{ key }]);
  });
});
