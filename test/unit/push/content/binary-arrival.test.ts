import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { binaryArrived } from '../../../../lambdas/push/content/binary-arrival.ts';
import { binaryKey } from '../../../../lambdas/push/content/binary-key.ts';
import type { StoredContent } from '../../../../lambdas/push/content/content-store.ts';
import { deleteContent } from '../../../../lambdas/push/content/delete-content.ts';
import { uploadBinary } from '../../../../lambdas/push/content/upload-binary.ts';
import { TransientError } from '../../../../lambdas/shared/errors.ts';
import { faulty, faultsInTurn, turnsBy } from '../../../support/faulty.ts';
import type { Fault } from '../../../support/faulty.ts';
import { ContentScene, note } from './content-scene.ts';

let scene: ContentScene;
beforeEach(async () => {
  scene = new ContentScene();
  await scene.put({ a: 1 });
});

/** Asks for an upload and makes it, in an instant of its own. @returns the file's key */
async function upload(text: string, name = 'scan', at = scene): Promise<string> {
  at.clock.advance(1);
  const { content, binaries, newUlid, clock } = at;
  const parts = { content, binaries, newUlid, now: clock.now };
  const { uploadUrl } = await uploadBinary(parts, { type: note, id: '1', name });
  return binaries.arrive(uploadUrl, Buffer.from(text)) ?? '';
}

const arrived = async (key: string, at = scene, content = at.content) =>
  binaryArrived({ content, binaries: at.binaries, types: at.types, pace: at.pace }, key);
const item = async () => scene.content.get('note:1');
const files = () => [...scene.binaries.files.keys()];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a file that arrives', () => {
  test('becomes part of its item, whose version rises', async () => {
    const key = await upload('one');
    scene.clock.advance(2_000);
    await arrived(key);
    expect(await item()).toMatchObject({
      version: 2,
      fields: { a: 1 },
      createdAt: '2026-11-21T10:30:00.000Z',
      updatedAt: '2026-11-21T10:30:02.001Z',
      binaries: [{ name: 'scan', size: 3, sha256: sha256('one'), key }],
    });
  });

  test('takes the place of the one before; the table’s stream has that removed later', async () => {
    const first = await upload('one');
    await arrived(first);
    const second = await upload('two');
    await arrived(second);
    expect(await item()).toMatchObject({ version: 3, binaries: [{ key: second }] });
    expect(files()).toEqual([first, second]);
  });

  test('stands beside those of other names', async () => {
    await arrived(await upload('one', 'sound'));
    await arrived(await upload('two', 'scan'));
    expect((await item())?.binaries.map(({ name }) => name)).toEqual(['scan', 'sound']);
  });

  test('again changes nothing', async () => {
    const key = await upload('one');
    await arrived(key);
    await arrived(key);
    expect((await item())?.version).toBe(2);
    expect(files()).toEqual([key]);
  });

  test('a second time under the same URL, with other bytes, is another', async () => {
    const key = await upload('one');
    await arrived(key);
    scene.binaries.files.set(key, Buffer.from('two!'));
    await arrived(key);
    expect(await item()).toMatchObject({
      version: 3,
      binaries: [{ key, size: 4, sha256: sha256('two!') }],
    });
  });

  test('and is replaced under the same URL while the first is being stored, is there as it is last', async () => {
    const key = await upload('one');
    let isFirst = true;
    const slow = {
      ...scene.content,
      put: async (content: StoredContent) => {
        if (isFirst) {
          isFirst = false;
          scene.binaries.files.set(key, Buffer.from('two!'));
          await arrived(key);
        }
        return scene.content.put(content);
      },
    };
    await arrived(key, scene, slow);
    expect(await item()).toMatchObject({ binaries: [{ key, size: 4, sha256: sha256('two!') }] });
  });

  test('with the bytes that are there changes nothing, and is removed', async () => {
    const first = await upload('one');
    await arrived(first);
    await arrived(await upload('one'));
    expect(await item()).toMatchObject({ version: 2, binaries: [{ key: first }] });
    expect(files()).toEqual([first]);
  });

  test('after one that was begun later is removed', async () => {
    const first = await upload('one');
    const second = await upload('two');
    await arrived(second);
    await arrived(first);
    expect(await item()).toMatchObject({ version: 2, binaries: [{ key: second }] });
    expect(files()).toEqual([second]);
  });

  test('and is gone again by the time it is looked for changes nothing', async () => {
    const key = await upload('one');
    scene.binaries.files.clear();
    await arrived(key);
    expect((await item())?.version).toBe(1);
  });
});

describe('a file is removed, and nothing else happens, when', () => {
  test('its item was deleted', async () => {
    const key = await upload('one');
    await deleteContent({ content: scene.content, pace: scene.pace }, 'note:1');
    await arrived(key);
    expect(await item()).toBeUndefined();
    expect(files()).toEqual([]);
  });

  test('its item was deleted and made again', async () => {
    const key = await upload('one');
    await deleteContent({ content: scene.content, pace: scene.pace }, 'note:1');
    scene.clock.advance(1);
    await scene.put({ a: 1 });
    await arrived(key);
    expect(await item()).toMatchObject({ version: 1, binaries: [] });
    expect(files()).toEqual([]);
  });

  test.each(['note/1/film', 'gone/1/scan', 'story/1/scan'])(
    'its type declares no such name: %s',
    async (place) => {
      const [type = '', id = '', name = ''] = place.split('/');
      const key = binaryKey({ type, id, name, ulid: scene.newUlid(scene.clock.now()) });
      scene.binaries.files.set(key, Buffer.from('one'));
      await arrived(key);
      expect(files()).toEqual([]);
      expect(scene.written).toHaveLength(1);
    },
  );
});

test.each(['', 'note', 'note/1/scan', 'note/1/scan/1', 'note/1/scan/01KAJ0M9Y8N3V5T7W9X1Z2B4C6/x'])(
  'an object that somebody else put there is let be: %j',
  async (key) => {
    scene.binaries.files.set(key, Buffer.from('one'));
    await arrived(key);
    expect(files()).toEqual([key]);
    expect(scene.written).toHaveLength(1);
  },
);

const busy = new TransientError('busy');
const fault = fc.constantFrom<Fault>(
  { kind: 'refused', error: busy },
  { kind: 'answer lost', error: busy },
  { kind: 'twice' },
);
const faults = fc.array(fc.option(fault, { nil: undefined }), { maxLength: 6 });

test('whatever comes at the same time, in any order and more than once, the file begun last and all fields are there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(faults, { minLength: 2, maxLength: 4 }),
      faults,
      async (scheduler, uploads, putFaults) => {
        const at = new ContentScene();
        await at.put({ a: 1 });
        const keys: string[] = [];
        for (const place of uploads.keys()) keys.push(await upload(`file ${place}`, 'scan', at));
        const storeWith = (plan: (Fault | undefined)[]) =>
          faulty(at.content, { turn: turnsBy(scheduler), plan: faultsInTurn(plan) });
        const arrivals = keys.flatMap((key, place) => {
          const once = async () => arrived(key, at, storeWith(uploads[place] ?? []));
          return [once(), once()];
        });
        const put = at.put({ a: 2 }, { content: storeWith(putFaults) });
        await scheduler.waitFor(Promise.all([...arrivals, put]));

        const last = keys.at(-1) ?? '';
        expect(await at.content.get('note:1')).toMatchObject({
          fields: { a: 2 },
          binaries: [{ key: last, sha256: sha256(`file ${keys.length - 1}`) }],
        });
        expect(at.binaries.files.has(last)).toBe(true);
        expect(at.written.map((content) => content?.version)).toEqual(
          at.written.map((_, place) => place + 1),
        );
        // No file but those that an item had for a while, which the stream forgets.
        const had = new Set(at.written.flatMap((one) => one?.binaries.map(({ key }) => key) ?? []));
        expect([...at.binaries.files.keys()].filter((key) => !had.has(key))).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});
