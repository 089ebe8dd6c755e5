import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ruleFiles } from '../../../../lambdas/push/export/rule-files.ts';
import { parseUntrustedXml } from '../../../../lambdas/push/export/xml-document.ts';
import { XmlError } from '../../../../lambdas/push/export/xml-error.ts';
import { ruleFolder } from './rule-folder.ts';

// A busy machine takes long for what is large.
jest.setTimeout(60_000);

let folder: Awaited<ReturnType<typeof ruleFolder>>;
let server: Server;
let url: string;
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  folder = await ruleFolder({
    'news/news.dtd': '<!ENTITY nbsp "&#160;">\n<!ELEMENT a ANY>',
    'other/other.dtd': '<!ELEMENT a ANY>',
  });
  server = createServer((request, response) => {
    asked.push(request.url);
    response.end('<!ELEMENT a ANY>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${String(port)}/a.dtd`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});

function parse(xml: string | Uint8Array): void {
  const place = ruleFiles(folder.path).placeOf('news/document.xml');
  parseUntrustedXml(Buffer.from(xml), place).free();
}

const deep = (levels: number) => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;

describe('an untrusted document', () => {
  test.each([
    ['plain', '<a>text</a>'],
    ['with a byte order mark', '\uFEFF<a/>'],
    ['with a DOCTYPE of its own', '<!DOCTYPE a [<!ELEMENT a ANY>]><a/>'],
    ["with a DTD of the rule's, and its entities", '<!DOCTYPE a SYSTEM "news.dtd"><a>&nbsp;</a>'],
    ['in UTF-16', Buffer.from('\uFEFF<?xml version="1.0" encoding="UTF-16"?><a>ü</a>', 'utf16le')],
    ['of 255 levels', deep(255)],
    [
      'with XInclude, which is not followed',
      '<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="file:///etc/passwd"/></a>',
    ],
  ])('may be %s', (_, xml) => {
    expect(() => parse(xml)).not.toThrow();
  });

  test.each([
    [
      'an end that is missing',
      '<a>\n<b></a>',
      /^line 2: Opening and ending tag mismatch: b line 2 and a/,
    ],
    ['two roots', '<a/>\n<b/>', /^line 2: Extra content/],
    ['nothing', '', /^line 1: Document is empty$/],
    ['an unknown prefix', '<a>\n\n<x:b/></a>', /^line 3: Namespace prefix x on b is not defined/],
    ['an unknown entity', '<a>&nbsp;</a>', /^line 1: Entity 'nbsp' not defined/],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xfe, 0x3c]), /^line 1: /],
    ['text that is no XML', 'GIF89a', /^line 1: Start tag expected/],
  ])('is refused for %s, with the line', (_, xml, message) => {
    expect(() => parse(xml)).toThrow(XmlError);
    expect(() => parse(xml)).toThrow(message);
  });

  const passwd = 'SYSTEM "file:///etc/passwd"';
  test.each([
    ['a file', () => `<!DOCTYPE a [<!ENTITY x ${passwd}>]><a>&x;</a>`, "declares the entity 'x'"],
    ['a file, unused', () => `<!DOCTYPE a [<!ENTITY x ${passwd}>]><a/>`, "declares the entity 'x'"],
    [
      'a file in an attribute',
      () => `<!DOCTYPE a [<!ENTITY x ${passwd}>]><a b="&x;"/>`,
      'external',
    ],
    [
      'a server',
      () => `<!DOCTYPE a [<!ENTITY x SYSTEM "${url}">]><a>&x;</a>`,
      "declares the entity 'x'",
    ],
    [
      'a parameter entity',
      () => `<!DOCTYPE a [<!ENTITY % p ${passwd}> %p;]><a/>`,
      "declares the entity 'p'",
    ],
    [
      'a parameter entity of a server',
      () => `<!DOCTYPE a [<!ENTITY % p SYSTEM "${url}"> %p;]><a/>`,
      "declares the entity 'p'",
    ],
    [
      "a file of the rule's folder",
      () => '<!DOCTYPE a [<!ENTITY x SYSTEM "news.dtd">]><a>&x;</a>',
      "declares the entity 'x'",
    ],
    [
      'an external DTD, a file',
      () => `<!DOCTYPE a ${passwd}><a/>`,
      'refers to "file:///etc/passwd"',
    ],
    [
      'an external DTD, an absolute path',
      () => '<!DOCTYPE a SYSTEM "/etc/passwd"><a/>',
      'refers to "/etc/passwd"',
    ],
    [
      'an external DTD of a server',
      () => `<!DOCTYPE a SYSTEM "${url}"><a/>`,
      'line 1: failed to load "http',
    ],
    [
      'an external DTD of a server, public',
      () => `<!DOCTYPE a PUBLIC "-//A//B//EN" "${url}"><a/>`,
      'line 1: failed to load "http',
    ],
    [
      'a DTD of another rule',
      () => '<!DOCTYPE a SYSTEM "../other/other.dtd"><a/>',
      'refers to "other/other.dtd"',
    ],
    [
      'a DTD that climbs out',
      () => '<!DOCTYPE a SYSTEM "../../../../etc/passwd"><a/>',
      'refers to',
    ],
    [
      'a DTD that is not there',
      () => '<!DOCTYPE a SYSTEM "none.dtd"><a/>',
      'refers to "news/none.dtd"',
    ],
  ])('is refused for %s, and nothing is asked for', (_, xml, message) => {
    asked.length = 0;
    expect(() => parse(xml())).toThrow(XmlError);
    expect(() => parse(xml())).toThrow(message);
    expect(asked).toEqual([]);
  });

  test('hides no entities in another encoding', () => {
    const xml = `<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x ${passwd}>]><a>&x;</a>`;
    expect(() => parse(Buffer.from(`\uFEFF${xml}`, 'utf16le'))).toThrow("declares the entity 'x'");
  });

  test.each([
    ['billion laughs', () => laughs(12)],
    ['few laughs', () => laughs(2)],
    [
      'quadratic blow-up',
      () => `<!DOCTYPE a [<!ENTITY q "${'q'.repeat(100_000)}">]><a>${'&q;'.repeat(100_000)}</a>`,
    ],
    ['an entity of itself', () => '<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>'],
    ['parameter entities in each other', () => parameterLaughs()],
    ['8 MB of nesting', () => '<a>'.repeat(2_700_000)],
    ['256 levels', () => deep(257)],
    [
      'a million attributes',
      () => `<a ${Array.from({ length: 1_000_000 }, (_, i) => `a${String(i)}=""`).join(' ')}/>`,
    ],
    ['a text of 12 MB', () => `<a>${'x'.repeat(12_000_000)}</a>`],
    ['a million errors', () => `<a>${'<x:b/>'.repeat(1_000_000)}</a>`],
  ])('is refused for %s, in little memory', (_, xml) => {
    const document = Buffer.from(xml());
    const before = process.memoryUsage().rss;
    expect(() => parse(document)).toThrow(XmlError);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});

/** 10 to the power of the levels. */
function laughs(levels: number): string {
  const entities = Array.from(
    { length: levels },
    (_, level) => `<!ENTITY l${String(level + 1)} "${`&l${String(level)};`.repeat(10)}">`,
  );
  return `<!DOCTYPE a [<!ENTITY l0 "lol">${entities.join('')}]><a>&l${String(levels)};</a>`;
}

function parameterLaughs(): string {
  const entities = Array.from(
    { length: 12 },
    (_, level) => `<!ENTITY % p${String(level + 1)} "${`&#37;p${String(level)};`.repeat(10)}">`,
  );
  return `<!DOCTYPE a [<!ENTITY % p0 "<!-- lol -->">${entities.join('')}%p12;]><a/>`;
}
