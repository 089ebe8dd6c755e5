import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportError } from '../../../../lambdas/push/export/attempt.ts';
import {
  fileChecks,
  type FileChecks,
  maxCheckedBytes,
} from '../../../../lambdas/push/export/file-checks.ts';
import { ruleFiles } from '../../../../lambdas/push/export/rule-files.ts';
import {
  dtd,
  type CheckedFile,
  type Validator,
  validator,
  wellFormed,
  xsd,
} from '../../../../lambdas/shared/define/push-rule.ts';
import { TransientError } from '../../../../lambdas/shared/errors.ts';
import { ruleFolder } from './rule-folder.ts';

// A busy machine takes long for what is large.
jest.setTimeout(60_000);

const schema = (parts: string) =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${parts}</xs:schema>`;
const element = (type: string) =>
  `<xs:element name="a"><xs:complexType><xs:sequence>
   <xs:element name="n" type="${type}" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>`;

const files = {
  'news/news.xsd': schema(`<xs:include schemaLocation="parts/types.xsd"/>${element('number')}`),
  'news/parts/types.xsd': schema(
    '<xs:simpleType name="number"><xs:restriction base="xs:int"/></xs:simpleType>',
  ),
  'news/news.dtd': '<!ENTITY % parts SYSTEM "parts.ent">\n%parts;\n<!ELEMENT a (n+)>',
  'news/parts.ent': '<!ELEMENT n (#PCDATA)>',
  'news/wrong.xsd': schema('<xs:elment name="a"/>'),
  'news/wrong.dtd': '<!ELEMENT a (b>',
  'news/foreign.xsd': schema(
    `<xs:include schemaLocation="../other/types.xsd"/>${element('xs:int')}`,
  ),
  'news/remote.xsd': schema(
    `<xs:include schemaLocation="http://127.0.0.1:1/x.xsd"/>${element('xs:int')}`,
  ),
  'news/remote.dtd': '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.ent">%p;<!ELEMENT a ANY>',
  'other/types.xsd': schema('<xs:element name="b"/>'),
};

let folder: Awaited<ReturnType<typeof ruleFolder>> | undefined;

afterEach(async () => {
  await folder?.remove();
  folder = undefined;
});

async function checks(): Promise<FileChecks> {
  await folder?.remove();
  folder = await ruleFolder(files);
  return fileChecks(ruleFiles(folder.path));
}

function fileOf(text: string | Uint8Array): CheckedFile {
  const content = {
    ref: 'story:7',
    type: 'story',
    id: '7',
    version: 1,
    fields: {},
    related: [],
    binaries: [],
    createdAt: '2026-11-21T20:50:00.000Z',
    updatedAt: '2026-11-21T20:50:00.000Z',
  };
  return { path: 'story_7.xml', bytes: Buffer.from(text), content };
}

const never = new AbortController().signal;

async function problemOf(validators: Validator[], text: string | Uint8Array): Promise<unknown> {
  const { check } = await checks();
  const error = await check(validators, fileOf(text), 'news', never).catch(
    (reason: unknown) => reason,
  );
  return error instanceof ExportError ? { status: error.status, message: error.message } : error;
}

const refusal = (message: string) => ({
  status: 'VALIDATION_ERROR',
  message: expect.stringContaining(message),
});

async function messageOf(validators: Validator[], text: string | Uint8Array): Promise<string> {
  const problem = await problemOf(validators, text);
  return (problem as ExportError).message;
}

describe('validators', () => {
  test.each([
    ['well-formed XML', wellFormed(), '<b/>'],
    ["a DTD and a file of the rule's that it refers to", dtd('news/news.dtd'), '<a><n>x</n></a>'],
    ["a schema and one of the rule's that it includes", xsd('news/news.xsd'), '<a><n>1</n></a>'],
    [
      'a schema, whatever the document says of schemas',
      xsd('news/news.xsd'),
      '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:x http://127.0.0.1:1/x.xsd" i:noNamespaceSchemaLocation="file:///etc/passwd"><n>1</n></a>',
    ],
    [
      'a DTD that the document names too',
      dtd('news/news.dtd'),
      '<!DOCTYPE a SYSTEM "news.dtd"><a><n>x</n></a>',
    ],
    ['a function', validator('any', () => undefined), '<b/>'],
  ])('accept %s', async (_, by, text) => {
    expect(await problemOf([by], text)).toBeUndefined();
  });

  test.each([
    [
      'what is not well-formed',
      wellFormed(),
      '<a>\n</b>',
      "'story_7.xml' is not well-formed: line 2: Opening and ending tag mismatch: a line 1 and b",
    ],
    [
      'what is not well-formed, before a DTD',
      dtd('news/news.dtd'),
      '<a>',
      "'story_7.xml' is not well-formed: line 1: ",
    ],
    [
      'what a DTD refuses',
      dtd('news/news.dtd'),
      '<a>\n<m/></a>',
      "'story_7.xml' is not valid by news/news.dtd: line 1: Element a content does not follow the DTD, expecting (n)+, got (m); line 2: No declaration for element m",
    ],
    [
      'what a schema refuses',
      xsd('news/news.xsd'),
      '<a>\n<n>1</n>\n<n>one</n></a>',
      "'story_7.xml' is not valid by news/news.xsd: line 3: Element 'n': 'one' is not a valid value of the atomic type 'number'.",
    ],
    [
      'with a schema that is none',
      xsd('news/wrong.xsd'),
      '<a/>',
      "'news/wrong.xsd' cannot be used: line 1: ",
    ],
    [
      'with a DTD that is none',
      dtd('news/wrong.dtd'),
      '<a/>',
      "'news/wrong.dtd' cannot be used: line 1: ",
    ],
    [
      'with a schema that is not there',
      xsd('news/none.xsd'),
      '<a/>',
      "'news/none.xsd' cannot be used: there is no file 'news/none.xsd'",
    ],
    [
      'with a schema out of the folder',
      xsd('../secret.xsd'),
      '<a/>',
      "'../secret.xsd' cannot be used: there is no file",
    ],
    [
      "with a schema that includes another rule's",
      xsd('news/foreign.xsd'),
      '<a/>',
      `'news/foreign.xsd' cannot be used: refers to "other/types.xsd"`,
    ],
    [
      "with a schema that includes a server's",
      xsd('news/remote.xsd'),
      '<a/>',
      `'news/remote.xsd' cannot be used: refers to "http://127.0.0.1:1/x.xsd"`,
    ],
    [
      "with a DTD that includes a server's",
      dtd('news/remote.dtd'),
      '<a/>',
      `'news/remote.dtd' cannot be used: line 1: failed to load "http://127.0.0.1:1/x.ent"`,
    ],
    [
      'what a function throws at',
      validator('house style', () => {
        throw new Error('line 4: no title');
      }),
      '<a/>',
      "'story_7.xml' is refused by house style: line 4: no title",
    ],
    [
      'what a function rejects',
      validator('later', () => Promise.reject(new Error('no'))),
      '<a/>',
      "'story_7.xml' is refused by later: no",
    ],
  ])('refuse %s', async (_, by, text, message) => {
    expect(await problemOf([by], text)).toEqual(refusal(message));
  });

  test('are asked in their order, up to the first that refuses', async () => {
    const heard: string[] = [];
    const by = (name: string) => validator(name, () => void heard.push(name));
    await problemOf(
      [by('first'), wellFormed(), by('second'), xsd('news/news.xsd'), by('third')],
      '<b/>',
    );
    expect(heard).toEqual(['first', 'second']);
  });

  test('are given the file, its path and its content', async () => {
    let given: CheckedFile | undefined;
    const file = fileOf('<a/>');
    const { check } = await checks();
    await check([validator('any', (checked) => void (given = checked))], file, 'news', never);
    expect(given).toEqual(file);
  });

  test('tell the first complaints of many and count the others, in bounded time', async () => {
    const message = await messageOf([xsd('news/news.xsd')], `<a>${'<n>x</n>'.repeat(200_000)}</a>`);
    expect(message).toMatch(/; and \d{6} more$/);
    expect(message.split('; ')).toHaveLength(11);
  });

  test('do not tell texts of any length', async () => {
    const message = await messageOf([xsd('news/news.xsd')], `<a><n>${'x'.repeat(100_000)}</n></a>`);
    expect(message.length).toBeLessThan(700);
  });

  test('do not look at files that are too large, of a hundred megabytes neither', async () => {
    const atMost = `<a>${' '.repeat(maxCheckedBytes - 7)}</a>`;
    expect(await problemOf([wellFormed()], atMost)).toBeUndefined();
    expect(await messageOf([wellFormed()], `${atMost} `)).toBe(
      "'story_7.xml' has 8388609 bytes: validators look at files of up to 8388608",
    );
    expect(await messageOf([wellFormed()], Buffer.alloc(100_000_000, '<a>'))).toContain(
      "'story_7.xml' has 100000000 bytes",
    );
  });

  test('stop when the work is aborted, even when a function hangs', async () => {
    const { check } = await checks();
    const aborting = new AbortController();
    const hanging = validator('hangs', () => new Promise<void>(() => undefined));
    const checking = check([hanging], fileOf('<a/>'), 'news', aborting.signal);
    aborting.abort(new Error('the lane is lost'));
    await expect(checking).rejects.toThrow(/^the lane is lost$/);
  });

  test('let a passing failure pass', async () => {
    const { check } = await checks();
    const busy = validator('busy', () => Promise.reject(new TransientError('busy')));
    await expect(check([busy], fileOf('<a/>'), 'news', never)).rejects.toThrow(TransientError);
  });

  test('compile a schema once', async () => {
    const { check } = await checks();
    await check([xsd('news/news.xsd')], fileOf('<a><n>1</n></a>'), 'news', never);
    await writeFile(join(folder?.path ?? '', 'news/news.xsd'), 'no more');
    await expect(
      check([xsd('news/news.xsd')], fileOf('<a><n>1</n></a>'), 'news', never),
    ).resolves.toBeUndefined();
  });

  test('can be compiled without a file to check', async () => {
    const { compile } = await checks();
    expect(() => compile(xsd('news/news.xsd'))).not.toThrow();
    expect(() => compile(dtd('news/news.dtd'))).not.toThrow();
    expect(() => compile(wellFormed())).not.toThrow();
    expect(() => compile(xsd('news/wrong.xsd'))).toThrow('line 1');
    expect(() => compile(dtd('news/none.dtd'))).toThrow("there is no file 'news/none.dtd'");
  });

  test('leave no memory behind', async () => {
    const { check } = await checks();
    const valid = fileOf(`<a>${'<n>1</n>'.repeat(100_000)}</a>`);
    const invalid = fileOf(`<a>${'<n>1</n>'.repeat(100_000)}<n>x</n></a>`);
    const round = async () => {
      await check([wellFormed(), xsd('news/news.xsd')], valid, 'news', never);
      await check([dtd('news/news.dtd')], valid, 'news', never);
      await expect(check([xsd('news/news.xsd')], invalid, 'news', never)).rejects.toThrow('line 1');
    };
    await round();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 12; i += 1) await round();
    // A document takes some 15 MB: 36 that were not freed would be seen.
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });
});
