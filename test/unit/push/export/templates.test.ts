import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { XmlDocument, type XmlElement } from 'libxml2-wasm';
import { templates, type Templates } from '../../../../lambdas/push/export/templates.ts';
import { ruleFolder } from './rule-folder.ts';

// A busy machine takes long for what is large.
jest.setTimeout(60_000);

let folder: Awaited<ReturnType<typeof ruleFolder>> | undefined;

afterEach(async () => {
  await folder?.remove();
  folder = undefined;
});

async function withFiles(files: Record<string, string>): Promise<Templates> {
  folder = await ruleFolder(files);
  return templates(folder.path);
}

function withTemplate(text: string): Promise<Templates> {
  return withFiles({ 'news/story.xml': text });
}

const notGenerated = expect.objectContaining({ status: 'OUTPUT_GENERATION_ERROR' });

describe('templates', () => {
  test('see the content and the extra context by their names', async () => {
    const { render } = await withTemplate(
      '<s id="<%= object.id %>"><%= object.fields.title %> in <%= section %></s>',
    );
    const object = { id: '7', fields: { title: 'Rock & Roll' } };
    expect(render('news', 'story', { object, section: '<Culture>' })).toBe(
      '<s id="7">Rock &amp; Roll in &lt;Culture&gt;</s>',
    );
  });

  test('include others of their folder, which see the same and escape the same', async () => {
    const { render } = await withFiles({
      'news/story.xml': `<s><%~ include('parts/title') %><%~ include('foot', { by: '"us"' }) %></s>`,
      'news/parts/title.xml': '<t><%= object.title %></t>',
      'news/foot.xml': '<f by="<%= by %>"/>',
    });
    expect(render('news', 'story', { object: { title: 'a < b' } })).toBe(
      '<s><t>a &lt; b</t><f by="&quot;us&quot;"/></s>',
    );
  });

  test.each(['../other/secret', '/../other/secret', '../../outside', '/etc/passwd', '@secret'])(
    'do not include %s',
    async (path) => {
      const { render } = await withFiles({
        'news/story.xml': `<s><%~ include(${JSON.stringify(path)}) %></s>`,
        'other/secret.xml': 'secret',
      });
      expect(() => render('news', 'story', {})).toThrow(notGenerated);
      expect(() => render('news', 'story', {})).toThrow(/^template 'news\/story.xml': line 1 of/);
    },
  );

  test.each(['../other/secret', 'a/b', '', '.hidden', 'a\\b', 'a\0b'])(
    'are not called %j',
    async (name) => {
      const { render } = await withFiles({ 'other/secret.xml': 'secret', 'news/a/b.xml': 'b' });
      expect(() => render('news', name, {})).toThrow(notGenerated);
    },
  );

  test('that throw say where, without the folders of this machine', async () => {
    const { render } = await withFiles({
      'news/story.xml': '<s>\n<%~ include("part") %></s>',
      'news/part.xml': '<p>\n\n<%= object.photo.title %></p>',
    });
    const rendering = () => render('news', 'story', { object: {} });
    expect(rendering).toThrow(notGenerated);
    expect(rendering).toThrow(
      "template 'news/story.xml': line 3 of news/part.xml: Cannot read properties of undefined (reading 'title')",
    );
  });

  test.each([
    ['is not there', 'other', "template 'news/other.xml': Could not find template: news/other.xml"],
    ['has a wrong tag', 'wrong', "template 'news/wrong.xml': unclosed tag at line 1"],
    [
      'is no JavaScript',
      'syntax',
      /^template 'news\/syntax.xml': Bad template syntax Unexpected token '[^']+'$/,
    ],
    ['includes itself', 'loop', "template 'news/loop.xml': line 1 of news/loop.xml: Maximum call"],
    ['writes an object', 'object', 'has no text of its own'],
    ['names what it was not given', 'name', 'nowhere is not defined'],
  ])('fail with their name when one %s', async (_, name, message) => {
    const { render } = await withFiles({
      'news/wrong.xml': '<s><%= object.id </s>',
      'news/syntax.xml': '<s><% if ( { %></s>',
      'news/loop.xml': '<s><%~ include("loop") %></s>',
      'news/object.xml': '<s><%= object %></s>',
      'news/name.xml': '<s><%= nowhere %></s>',
    });
    const rendering = () => render('news', name, { object: { id: '7' } });
    expect(rendering).toThrow(notGenerated);
    expect(rendering).toThrow(message);
  });

  test.each(['<s><%= text %></s>', '<s><%~ text %></s>'])(
    'do not write characters that XML forbids: %s',
    async (template) => {
      const { render } = await withTemplate(`\n${template}`);
      const rendering = () => render('news', 'story', { text: 'a\u0008b' });
      expect(rendering).toThrow(notGenerated);
      expect(rendering).toThrow("template 'news/story.xml': wrote U+0008 in line 2");
      expect(() => render('news', 'story', { text: '\uD800' })).toThrow('U+D800');
    },
  );

  test('do not declare an encoding that their files do not have', async () => {
    const { render } = await withFiles({
      'news/latin.xml': '<?xml version="1.0" encoding="ISO-8859-1"?><s/>',
      'news/utf.xml': "<?xml version='1.0' encoding='utf-8'?><s/>",
    });
    expect(() => render('news', 'latin', {})).toThrow('declares the encoding ISO-8859-1');
    expect(render('news', 'utf', {})).toContain('<s/>');
  });

  test('are read and compiled once', async () => {
    const { render } = await withTemplate('<s><%= text %></s>');
    expect(render('news', 'story', { text: 'one' })).toBe('<s>one</s>');
    await unlink(join(folder?.path ?? '', 'news/story.xml'));
    expect(render('news', 'story', { text: 'two' })).toBe('<s>two</s>');
  });

  test('of one rule are not those of another', async () => {
    const { render } = await withFiles({ 'one/story.xml': '<one/>', 'two/story.xml': '<two/>' });
    expect([render('one', 'story', {}), render('two', 'story', {})]).toEqual(['<one/>', '<two/>']);
  });

  test('can be tried without content', async () => {
    const { compile } = await withFiles({
      'news/story.xml': '<%= object.id %>',
      'news/wrong.xml': '<%= object.id',
    });
    expect(() => compile('news', 'story')).not.toThrow();
    expect(() => compile('news', 'wrong')).toThrow('unclosed tag');
    expect(() => compile('news', 'none')).toThrow('Could not find template');
  });

  test('make well-formed XML of any text, which is the same after parsing', async () => {
    const { render } = await withTemplate(
      `<?xml version="1.0"?>
<!-- it's "a" <comment> -->
<s a="<%= text %>" b='x<%= text %>y' <% if (true) { %>c="<%= text %>"<% } %>>
<t><%= text %></t><![CDATA["<"]]><u><% for (const one of [text, text]) { %><v w='<%= one %>'><%= one %></v><% } %></u></s>`,
    );
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '<',
          '&',
          '"',
          "'",
          ']]>',
          '\r',
          '\n',
          '\t',
          '<!--',
          '<%= 1 %>',
          '&#9;',
        ),
      }),
    );
    const allowed = anyText.filter(
      (text) => !/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text),
    );
    fc.assert(
      fc.property(allowed, (text) => {
        const document = XmlDocument.fromString(render('news', 'story', { text }));
        try {
          const { root } = document;
          expect(textsOf(root)).toEqual([text, `x${text}y`, text, text, text, text, text, text]);
        } finally {
          document.dispose();
        }
      }),
      { numRuns: 500 },
    );
  });
});

function textsOf(root: XmlElement): (string | undefined)[] {
  const paths = ['@a', '@b', '@c', 't', 'u/v[1]', 'u/v[2]', 'u/v[1]/@w', 'u/v[2]/@w'];
  return paths.map((path) => root.get(path)?.content);
}
