import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { StoredContent } from '../../../../lambdas/push/content/content-store.ts';
import type { Exported, ExportWork } from '../../../../lambdas/push/export/exporter.ts';
import { exporter } from '../../../../lambdas/push/export/rule-exporter.ts';
import type { Content } from '../../../../lambdas/shared/define/content-type.ts';
import {
  binary,
  definePushRule,
  type Output,
  type SequentialRule,
  type Supervisor,
  template,
  validator,
  wellFormed,
} from '../../../../lambdas/shared/define/push-rule.ts';
import { TransientError } from '../../../../lambdas/shared/errors.ts';
import { InMemoryContentStore } from '../../../support/push/in-memory-content-store.ts';
import { InMemoryOutbox } from '../../../support/push/in-memory-outbox.ts';
import { ruleFolder } from './rule-folder.ts';

// A busy machine takes long for what is large.
jest.setTimeout(60_000);

let folder: Awaited<ReturnType<typeof ruleFolder>>;
let store: InMemoryContentStore;
let binaries: Map<string, Buffer>;
let outbox: InMemoryOutbox;

beforeEach(async () => {
  folder = await ruleFolder({
    'news/story.xml': '<s><%= object.fields.title %></s>',
    'news/photo.xml': '<p><%= object.id %></p>',
    'news/raw.xml': '<%~ text %>',
  });
  store = new InMemoryContentStore();
  binaries = new Map();
  outbox = new InMemoryOutbox(binaries);
});

afterEach(() => folder.remove());

const never = new AbortController().signal;
const busy = () => Promise.reject(new TransientError('busy'));

/** Puts an item with files of the bytes given. */
async function put(
  ref: string,
  more: { title?: string; related?: string[]; files?: Record<string, string> } = {},
): Promise<Content> {
  const [type = '', id = ''] = ref.split(':');
  const content: StoredContent = {
    ref,
    type,
    id,
    version: 1,
    fields: { title: more.title ?? `Title of ${ref}` },
    related: more.related ?? [],
    binaries: Object.entries(more.files ?? {}).map(([name, text]) => {
      const key = `${type}/${id}/${name}/1`;
      binaries.set(key, Buffer.from(text));
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { name, size: Buffer.byteLength(text), sha256, key };
    }),
    createdAt: '2026-11-21T20:50:00.000Z',
    updatedAt: '2026-11-21T20:50:00.000Z',
    ulid: '01KAN0000000000000000000AA',
  };
  await store.put(content);
  return content;
}

function ruleOf(
  supervisor: Partial<Supervisor> | ((content: Content) => Supervisor | undefined),
  more: Partial<SequentialRule> = {},
): SequentialRule {
  return definePushRule({
    name: 'news',
    description: 'For tests.',
    kind: 'sequential',
    targets: ['partner'],
    supervise: (content) =>
      typeof supervisor === 'function'
        ? supervisor(content)
        : { outputs: () => [template()], ...supervisor },
    ...more,
  });
}

function makingOutputs(...outputs: Output[]): SequentialRule {
  return ruleOf({ outputs: () => outputs });
}

function exportOf(
  rule: SequentialRule,
  items: ExportWork['items'],
  more: Partial<ExportWork> = {},
): Promise<Exported> {
  const work = { rule, items, folder: 'news/outbox/run/row/', signal: never, ...more };
  return exporter({ content: store, outbox, folder: folder.path }).export(work);
}

const paths = ({ files }: Exported) => files.map(({ path }) => path);

function textOf(exported: Exported, path: string): string | undefined {
  const key = exported.files.find((file) => file.path === path)?.key ?? '';
  return outbox.files.get(key)?.bytes.toString();
}

describe('an export', () => {
  test('makes files from templates and of binaries, under their usual names', async () => {
    const story = await put('story:7', { title: 'Rock & Roll', files: { original: 'jpeg' } });
    const exported = await exportOf(makingOutputs(template(), binary('original')), [story]);
    expect(exported).toEqual({
      items: 1,
      files: [
        { path: 'story_7.xml', key: 'news/outbox/run/row/files/story_7.xml', size: 22 },
        { path: 'story_7_original', key: 'news/outbox/run/row/files/story_7_original', size: 4 },
      ],
      problems: [],
    });
    expect(textOf(exported, 'story_7.xml')).toBe('<s>Rock &amp; Roll</s>');
    expect(textOf(exported, 'story_7_original')).toBe('jpeg');
  });

  test('asks for names and directories, at once or later', async () => {
    const story = await put('story:7');
    await put('photo:3', { files: { original: 'jpeg' } });
    const exported = await exportOf(
      makingOutputs(
        template({ name: 'NEWS_7.xml', directory: '2026/11' }),
        template({
          template: 'raw',
          context: { text: '<r/>' },
          name: () => Promise.resolve('r.xml'),
        }),
        binary('original', { of: 'photo:3', name: () => '3.jpg', directory: () => 'medias' }),
        binary('original', { of: 'photo:3' }),
      ),
      [story],
    );
    expect(paths(exported)).toEqual([
      '2026/11/NEWS_7.xml',
      'r.xml',
      'medias/3.jpg',
      'photo_3_original',
    ]);
    expect(textOf(exported, 'r.xml')).toBe('<r/>');
    expect(exported.problems).toEqual([]);
  });

  test.each<[string, Output, string, string]>([
    ['a name with a folder', template({ name: 'a/b.xml' }), 'OUTPUT_MAKER_ERROR', "has a '/'"],
    [
      'a name that throws',
      template({
        name: () => {
          throw new Error('no name');
        },
      }),
      'OUTPUT_MAKER_ERROR',
      'no name',
    ],
    ['a directory that climbs', template({ directory: '../x' }), 'GET_DIRECTORY_ERROR', "is '..'"],
    [
      'a directory that throws',
      template({ directory: () => Promise.reject(new Error('no folder')) }),
      'GET_DIRECTORY_ERROR',
      'no folder',
    ],
    [
      'a template that throws',
      template({ template: 'raw' }),
      'OUTPUT_GENERATION_ERROR',
      "template 'news/raw.xml': line 1 of news/raw.xml: text is not defined",
    ],
    [
      'a template that is not there',
      template({ template: 'none' }),
      'OUTPUT_GENERATION_ERROR',
      "template 'news/none.xml'",
    ],
    [
      'a binary that never came',
      binary('original'),
      'OUTPUT_GENERATION_ERROR',
      "story:7 has no binary 'original'",
    ],
    [
      'a binary of content that is gone',
      binary('original', { of: 'photo:9' }),
      'OUTPUT_GENERATION_ERROR',
      'the content of the binary is gone: photo:9',
    ],
    [
      'a binary whose bytes are gone',
      binary('gone'),
      'OUTPUT_GENERATION_ERROR',
      "the bytes of the binary 'gone' for 'story_7_gone' are gone",
    ],
    [
      'a file that is not valid',
      template({
        template: 'raw',
        context: { text: '<a>\n</b>' },
        name: 'bad.xml',
        validators: [wellFormed()],
      }),
      'VALIDATION_ERROR',
      "'bad.xml' is not well-formed: line 2: ",
    ],
    [
      'a binary that is not valid',
      binary('original', { of: 'photo:3', validators: [wellFormed()] }),
      'VALIDATION_ERROR',
      "'photo_3_original' is not well-formed: line 1: ",
    ],
    [
      'the path of another file',
      template({ template: 'photo', name: 'good.xml' }),
      'OUTPUT_MAKER_ERROR',
      "'good.xml' is the path of another file already",
    ],
  ])('goes on with the others after %s', async (_, bad, status, message) => {
    const story = await put('story:7', { files: { gone: 'x' } });
    await put('photo:3', { files: { original: 'jpeg' } });
    binaries.delete('story/7/gone/1');
    const rule = makingOutputs(template({ name: 'good.xml' }), bad, template({ name: 'also.xml' }));
    const exported = await exportOf(rule, [story]);
    expect(paths(exported)).toEqual(['good.xml', 'also.xml']);
    expect(exported.problems).toEqual([{ status, message: expect.stringContaining(message) }]);
    expect(textOf(exported, 'good.xml')).toBe('<s>Title of story:7</s>');
  });

  test("asks the rule's validators of templates only, and an output's own in their place", async () => {
    const story = await put('story:7', { files: { original: 'jpeg' } });
    const heard: string[] = [];
    const by = (name: string) => validator(name, ({ path }) => void heard.push(`${name} ${path}`));
    const outputs = [
      template({ name: 'a.xml' }),
      template({ name: 'b.xml', validators: [] }),
      template({ name: 'c.xml', validators: [by('own')] }),
      binary('original', { name: 'd.jpg' }),
      binary('original', { name: 'e.jpg', validators: [by('own')] }),
    ];
    await exportOf(ruleOf({ outputs: () => outputs }, { validators: [by('rule')] }), [story]);
    expect(heard.toSorted()).toEqual(['own c.xml', 'own e.jpg', 'rule a.xml']);
  });

  test('does not read a binary that is too large for validators', async () => {
    const story = await put('story:7', { files: { original: 'x'.repeat(8 * 2 ** 20 + 1) } });
    const exported = await exportOf(
      makingOutputs(binary('original', { validators: [wellFormed()] })),
      [story],
    );
    expect(exported.files).toEqual([]);
    expect(exported.problems).toMatchObject([{ status: 'VALIDATION_ERROR' }]);
    expect(outbox.files.size).toBe(0);
  });

  test('has a file once, wherever it is wanted from', async () => {
    const stories = [await put('story:1'), await put('story:2')];
    await put('photo:3', { files: { original: 'jpeg' } });
    const photo = binary('original', { of: 'photo:3', name: '3.jpg', directory: 'medias' });
    const exported = await exportOf(makingOutputs(template(), photo), stories);
    expect(paths(exported)).toEqual(['story_1.xml', 'medias/3.jpg', 'story_2.xml']);
    expect(exported.problems).toEqual([]);
  });

  test('has what is related, however far, each once', async () => {
    const story = await put('story:1', { related: ['story:2', 'story:3', 'story:1'] });
    await put('story:2', { related: ['story:3', 'story:4'] });
    await put('story:3', { related: ['story:1'] });
    await put('story:4', { related: ['story:4', 'story:2'] });
    const rule = ruleOf({ related: ({ related }) => related });
    const exported = await exportOf(rule, [story]);
    expect(paths(exported)).toEqual(['story_1.xml', 'story_2.xml', 'story_3.xml', 'story_4.xml']);
    expect(exported).toMatchObject({ items: 1, problems: [] });
  });

  test('asks for the outputs of a content once, however often it is met', async () => {
    const story = await put('story:1', { related: ['story:1', 'story:2'] });
    const other = await put('story:2', { related: ['story:1'] });
    const asked: string[] = [];
    const outputs = ({ ref }: Content) => {
      asked.push(ref);
      return [template()];
    };
    const rule = ruleOf({ outputs, related: ({ related }) => related });
    const exported = await exportOf(rule, [story, other, story]);
    expect(asked).toEqual(['story:1', 'story:2']);
    expect(exported.items).toBe(3);
  });

  test('brings a few files to the outbox at once, and no more', async () => {
    const putFile = outbox.put.bind(outbox);
    let now = 0;
    let most = 0;
    outbox.put = async (key, bytes) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      await putFile(key, bytes);
    };
    const names = Array.from({ length: 40 }, (_, place) => `${String(place)}.xml`);
    const rule = makingOutputs(...names.map((name) => template({ name })));
    expect(paths(await exportOf(rule, [await put('story:7')]))).toEqual(names);
    expect(most).toBe(8);
  });

  test('leaves out what is related and none of its rule, and tells of what is gone', async () => {
    const story = await put('story:1', { related: ['photo:3', 'story:9', 'story:2'] });
    await put('photo:3');
    await put('story:2');
    const rule = ruleOf(({ type }) =>
      type === 'story'
        ? { outputs: () => [template()], related: ({ related }) => related }
        : undefined,
    );
    const exported = await exportOf(rule, [story]);
    expect(paths(exported)).toEqual(['story_1.xml', 'story_2.xml']);
    expect(exported.problems).toEqual([
      {
        status: 'OUTPUT_GENERATION_ERROR',
        message: 'story:9 is gone, which is related to story:1',
      },
    ]);
  });

  test.each<[string, SequentialRule, string, string]>([
    [
      'supervise gives nothing',
      ruleOf(() => undefined),
      'SUPERVISOR_ERROR',
      'the rule news has no supervisor for story:7',
    ],
    [
      'supervise throws',
      ruleOf(() => {
        throw new Error('whose?');
      }),
      'SUPERVISOR_ERROR',
      'supervise of story:7: whose?',
    ],
    [
      'supervise rejects',
      ruleOf({}, { supervise: () => Promise.reject(new Error('later')) }),
      'SUPERVISOR_ERROR',
      'supervise of story:7: later',
    ],
    [
      'outputs throws',
      ruleOf({
        outputs: () => {
          throw new Error('which?');
        },
      }),
      'OUTPUT_MAKER_ERROR',
      'outputs of story:7: which?',
    ],
  ])('has no file when %s', async (_, rule, status, message) => {
    const exported = await exportOf(rule, [await put('story:7')]);
    expect(exported).toEqual({ items: 1, files: [], problems: [{ status, message }] });
  });

  test('has the files of an item whose related ones cannot be told', async () => {
    const rule = ruleOf({
      related: () => {
        throw new Error('who?');
      },
    });
    const exported = await exportOf(rule, [await put('story:7')]);
    expect(paths(exported)).toEqual(['story_7.xml']);
    expect(exported.problems).toEqual([
      { status: 'SUPERVISOR_ERROR', message: 'related of story:7: who?' },
    ]);
  });

  test('has problems in the order of the outputs', async () => {
    const late = validator('late', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('first');
    });
    const rule = makingOutputs(
      template({ validators: [late] }),
      binary('none'),
      template({ name: '..' }),
    );
    const { problems } = await exportOf(rule, [await put('story:7')]);
    expect(problems.map(({ status }) => status)).toEqual([
      'VALIDATION_ERROR',
      'OUTPUT_GENERATION_ERROR',
      'OUTPUT_MAKER_ERROR',
    ]);
  });

  test('tells after each item how many there were', async () => {
    const told: number[] = [];
    const progressed = (items: number) => Promise.resolve(void told.push(items));
    const items = [await put('story:1'), await put('story:2'), await put('story:3')];
    const exported = await exportOf(ruleOf({}), items, { progressed });
    expect(told).toEqual([1, 2, 3]);
    expect(exported.items).toBe(3);
  });

  test('of nothing has nothing', async () => {
    const rule = ruleOf({}, { pack: { kind: 'zip' } });
    expect(await exportOf(rule, [])).toEqual({ items: 0, files: [], problems: [] });
    expect(outbox.files.size).toBe(0);
  });
});

describe('an attack by what a template writes', () => {
  const passwd = 'SYSTEM "file:///etc/passwd"';
  test.each([
    ['an external entity', () => `<!DOCTYPE a [<!ENTITY x ${passwd}>]><a>&x;</a>`],
    ['an external DTD', () => `<!DOCTYPE a ${passwd}><a/>`],
    ['a text that doubles', () => '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;">]><a>&y;</a>'],
    ['100 MB of nesting', () => '<a>'.repeat(33_400_000)],
    ['nesting that ends', () => `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
  ])('%s ends as invalid, and the other files are there', async (_, text) => {
    const bad = template({ template: 'raw', context: { text: text() }, name: 'bad.xml' });
    const rule = ruleOf({ outputs: () => [bad, template()] }, { validators: [wellFormed()] });
    const before = process.memoryUsage().rss;
    const exported = await exportOf(rule, [await put('story:7')]);
    expect(paths(exported)).toEqual(['story_7.xml']);
    expect(exported.problems).toMatchObject([{ status: 'VALIDATION_ERROR' }]);
    expect([...outbox.files.keys()]).toEqual(['news/outbox/run/row/files/story_7.xml']);
    // Of 100 MB the text and its bytes.
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });
});

describe('an export ends', () => {
  test('with what its items throw', async () => {
    const story = await put('story:7');
    async function* items() {
      yield story;
      await Promise.resolve();
      throw new Error("'2026-13-01' is no date");
    }
    await expect(exportOf(ruleOf({}), items())).rejects.toThrow("'2026-13-01' is no date");
  });

  test('with a passing failure of the outbox, or of what a rule reads', async () => {
    const story = await put('story:7');
    await expect(exportOf(ruleOf({ outputs: busy }), [story])).rejects.toThrow(TransientError);
    outbox.put = busy;
    await expect(exportOf(ruleOf({}), [story])).rejects.toThrow(TransientError);
  });

  test('when it is aborted, even if the rule hangs', async () => {
    const aborting = new AbortController();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const outputs = () => {
      ask();
      return new Promise<Output[]>(() => undefined);
    };
    const exporting = exportOf(ruleOf({ outputs }), [await put('story:7')], {
      signal: aborting.signal,
    });
    await asked;
    aborting.abort(new Error('the lane is lost'));
    await expect(exporting).rejects.toThrow('the lane is lost');
  });

  test('before the next item when it is aborted', async () => {
    const aborting = new AbortController();
    const items = [await put('story:1'), await put('story:2')];
    const progressed = () => {
      aborting.abort(new Error('enough'));
      return Promise.resolve();
    };
    const exporting = exportOf(ruleOf({}), items, { signal: aborting.signal, progressed });
    await expect(exporting).rejects.toThrow('enough');
  });
});

describe('an export in an archive', () => {
  test.each([
    [{ kind: 'zip' as const }, 'news.zip'],
    [{ kind: 'tar.gz' as const }, 'news.tar.gz'],
    [{ kind: 'zip' as const, name: 'weekly.zip' }, 'weekly.zip'],
  ])('of %j has one file to send', async (pack, name) => {
    const items = [await put('story:1'), await put('story:2')];
    const exported = await exportOf(ruleOf({}, { pack }), items);
    const size = outbox.files.get(`news/outbox/run/row/${name}`)?.bytes.length;
    expect(exported).toEqual({
      items: 2,
      files: [{ path: name, key: `news/outbox/run/row/${name}`, size }],
      problems: [],
    });
    expect([...outbox.files.keys()]).toContain('news/outbox/run/row/files/story_2.xml');
  });

  test('has what is fit to be sent, and tells of the rest', async () => {
    const rule = ruleOf(
      { outputs: () => [template({ validators: [wellFormed()] }), binary('none')] },
      { pack: { kind: 'zip' } },
    );
    const exported = await exportOf(rule, [await put('story:7')]);
    expect(paths(exported)).toEqual(['news.zip']);
    expect(exported.problems).toMatchObject([{ status: 'OUTPUT_GENERATION_ERROR' }]);
  });

  test('is none when nothing is fit', async () => {
    const rule = ruleOf({ outputs: () => [binary('none')] }, { pack: { kind: 'zip' } });
    expect((await exportOf(rule, [await put('story:7')])).files).toEqual([]);
    expect(outbox.files.size).toBe(0);
  });

  test('is none when it may not be called so', async () => {
    const rule = ruleOf({}, { pack: { kind: 'zip', name: '../news.zip' } });
    const exported = await exportOf(rule, [await put('story:7')]);
    expect(exported.files).toEqual([]);
    expect(exported.problems).toMatchObject([{ status: 'OUTPUT_MAKER_ERROR' }]);
  });

  test('fails, and is not there, when a file of it cannot be read', async () => {
    outbox.open = () => Promise.reject(new TransientError('busy'));
    const rule = ruleOf({}, { pack: { kind: 'tar.gz' } });
    await expect(exportOf(rule, [await put('story:7')])).rejects.toThrow('busy');
    expect(outbox.files.has('news/outbox/run/row/news.tar.gz')).toBe(false);
  });

  test('fails, and is not there, when the work is aborted meanwhile', async () => {
    const aborting = new AbortController();
    outbox.open = () => {
      aborting.abort(new Error('the lane is lost'));
      return new Promise<Readable>(() => undefined);
    };
    const rule = ruleOf({}, { pack: { kind: 'zip' } });
    const exporting = exportOf(rule, [await put('story:7')], { signal: aborting.signal });
    await expect(exporting).rejects.toThrow(/^the lane is lost$/);
    expect(outbox.files.has('news/outbox/run/row/news.zip')).toBe(false);
  });

  test('may be called as one of its files', async () => {
    const rule = ruleOf(
      { outputs: () => [template({ name: 'news.zip' })] },
      { pack: { kind: 'zip' } },
    );
    const exported = await exportOf(rule, [await put('story:7')]);
    expect(exported.files).toHaveLength(1);
    expect(outbox.files.size).toBe(2);
  });
});
