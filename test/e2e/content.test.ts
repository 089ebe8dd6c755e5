import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { admin, uniqueId } from '../support/e2e/people.ts';
import {
  newPhoto,
  newRef,
  pathOfContent,
  put,
  putting,
  storyFields,
  upload,
  uploaded,
} from '../support/e2e/push.ts';
import type { Item } from '../support/e2e/push.ts';
import { walk } from '../support/e2e/walk.ts';

async function get(ref: string): Promise<Item> {
  return (await call<Item>(await admin(), 'GET', pathOfContent(ref))).body;
}

test.concurrent('an item is put, read, changed and deleted', async () => {
  const operator = await admin();
  const ref = newRef('story');
  const [type, id] = ref.split(':');
  const first = await putting(ref, { fields: storyFields(), related: ['story:other'] });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    type,
    id,
    version: 1,
    fields: storyFields(),
    related: ['story:other'],
    binaries: [],
  });
  expect(first.body.changed.toSorted()).toEqual(
    ['title', 'content', 'state', 'updatedAt', 'related'].toSorted(),
  );

  const same = await putting(ref, { fields: storyFields(), related: ['story:other'] });
  expect([same.status, same.body.version, same.body.changed]).toEqual([200, 1, []]);

  const second = await put(ref, storyFields({ title: 'Another', photo: 'photo:7' }));
  expect([second.version, second.changed.toSorted()]).toEqual([2, ['photo', 'related', 'title']]);
  const third = await put(ref, storyFields({ title: 'Another' }));
  expect([third.version, third.changed]).toEqual([3, ['photo']]);

  const { changed: _changed, ...shown } = third;
  expect(await get(ref)).toEqual(shown);
  expect((await call(operator, 'DELETE', pathOfContent(ref))).status).toBe(204);
  expect((await call(operator, 'GET', pathOfContent(ref))).status).toBe(404);
  expect((await call(operator, 'DELETE', pathOfContent(ref))).status).toBe(404);
  expect((await putting(ref, { fields: storyFields() })).body.version).toBe(1);
});

test.concurrent('puts at the same time all land, each on the one before', async () => {
  const ref = newRef('photo');
  await put(ref, { title: '0' });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_one, index) => put(ref, { title: String(index + 1) })),
  );
  expect(answers.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ]);
  expect(await get(ref)).toMatchObject({ version: 11 });
});

test.concurrent('a list of a type is newest first, and each item is in it once', async () => {
  const operator = await admin();
  const refs: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    refs.push(newRef('photo'));
    await put(refs.at(-1) ?? '', { title: String(turn) });
  }
  await put(refs[0] ?? '', { title: 'changed' });
  const all = await walk<Item>(operator, '/content/photo', { limit: '100' });
  const ours = all.map(({ type, id }) => `${type}:${id}`).filter((ref) => refs.includes(ref));
  expect(ours).toEqual(refs.toReversed());
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

describe('what is refused', () => {
  const good = storyFields();
  test.each([
    ['a field that the type needs is missing', { ...good, title: undefined }, 'body.fields.title'],
    ['a field has another shape', { ...good, state: 15 }, 'body.fields.state'],
    ['a field is unknown', { ...good, nonsense: 1 }, 'body.fields.nonsense'],
    ['a reference is of another type', { ...good, photo: 'story:7' }, 'body.fields.photo'],
    ['a character is none of XML', { ...good, title: 'a\u0000b' }, 'body.fields.title'],
    ['a character is a control', { ...good, content: 'a\u001Bb' }, 'body.fields.content'],
    ['a surrogate is alone', { ...good, title: 'a\uD800b' }, 'body.fields.title'],
  ])('%s', async (_what, fields, path) => {
    const { status, body } = await putting(newRef('story'), { fields });
    expect([status, body.errors?.map((error) => error.path)]).toEqual([400, [path]]);
  });

  test('a type that is none, an id that is none, a related reference that is none', async () => {
    for (const path of [
      '/content/planet/7',
      '/content/user/7',
      `/content/story/${'x'.repeat(129)}`,
    ]) {
      const answer = await call(await admin(), 'PUT', path, { body: { fields: good } });
      expect([path, answer.status]).toEqual([path, 400]);
    }
    const { status, body } = await putting(newRef('story'), {
      fields: good,
      related: ['planet:7'],
    });
    expect([status, body.errors?.map(({ path }) => path)]).toEqual([400, ['body.related.0']]);
  });

  test('tabs and line ends are taken, and come back', async () => {
    const ref = newRef('story');
    const title = 'a\tb\r\nc 😀 ﷐';
    await put(ref, storyFields({ title }));
    expect((await get(ref)).fields['title']).toBe(title);
  });

  test('a binary that the type does not declare, and one of an item that is not there', async () => {
    const operator = await admin();
    const ref = newRef('photo');
    await put(ref, {});
    const path = pathOfContent(ref);
    expect((await call(operator, 'POST', `${path}/binaries/thumbnail`)).status).toBe(400);
    expect(
      (await call(operator, 'POST', `${pathOfContent(newRef('photo'))}/binaries/original`)).status,
    ).toBe(404);
    expect((await call(operator, 'POST', `/content/story/x/binaries/original`)).status).toBe(400);
  });
});

describe('a file', () => {
  test('raises the version when it has arrived, with its size and hash', async () => {
    const bytes = randomBytes(300_000);
    const ref = await newPhoto(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await get(ref)).toMatchObject({
      version: 2,
      binaries: [{ name: 'original', size: 300_000, sha256 }],
    });
    // It stays through changes of fields.
    expect(await put(ref, { title: 'x' })).toMatchObject({
      version: 3,
      changed: ['title'],
      binaries: [{ sha256 }],
    });
  });

  test('that is the same as before changes nothing, another takes its place', async () => {
    const ref = await newPhoto(Buffer.from('one'));
    await upload(ref, 'original', Buffer.from('one'));
    await uploaded(ref, 'original', Buffer.from('two'));
    expect(await get(ref)).toMatchObject({ version: 3, binaries: [{ size: 3 }] });
    const { sha256 } = (await get(ref)).binaries[0] ?? {};
    expect(sha256).toBe(createHash('sha256').update('two').digest('hex'));
  });

  test('of no bytes is one too, and one with any name in its id', async () => {
    const ref = `photo:${uniqueId('a+b=c@d|e')}`;
    await put(ref, {});
    await uploaded(ref, 'original', new Uint8Array());
    await eventually(async () => {
      expect((await get(ref)).binaries).toMatchObject([{ name: 'original', size: 0 }]);
    });
  });
});
