import { describe, expect, test } from '@jest/globals';
import { textOfHtml } from '../../../../config/push-rules/text-of-html.ts';

describe('the text of HTML', () => {
  test.each([
    ['paragraphs are lines', '<p>One</p><p>Two</p>', 'One\nTwo'],
    ['breaks are lines', 'One<br>Two<br/>Three', 'One\nTwo\nThree'],
    [
      'what stands inside a line stays in it',
      'w<b>or</b>d and <A href="/x">link</A>',
      'word and link',
    ],
    [
      'spaces and line feeds of the source are one space',
      ' One \n\t two\u00a0 three ',
      'One two three',
    ],
    ['empty paragraphs go', '<p> </p>\n<p>One</p>\n\n<div><p></p></div><p>Two</p>', 'One\nTwo'],
    [
      'scripts and styles go whole',
      'a<script>if (1 < 2) "<p>";</script>b<STYLE>p{}</style >c',
      'abc',
    ],
    ['a script that never ends goes', 'a<script>b</p>', 'a'],
    ['comments and declarations go', '<!doctype html>a<!-- <p>x</p> > -->b<![CDATA[c]]>d', 'abd'],
    ['a quoted > does not end a tag', '<a title="a > b" rel=\'>\'>text</a>', 'text'],
    ['a stray quote does not hide what follows', "<p it's>text</p>", 'text'],
    ['what is no tag stays', 'a < b, 1<2, <3 & c > d', 'a < b, 1<2, <3 & c > d'],
    ['a tag that never ends goes', 'text<p class="', 'text'],
    ['a tag made of entities is text', '&lt;p&gt;', '<p>'],
    ['entities are decoded once', '&amp;eacute;', '&eacute;'],
    ['nothing is nothing', '', ''],
  ])('%s', (_rule, html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  test.each([
    ['names', '&eacute;&Eacute;&szlig;&ndash;&hellip;&rsquo;&euro;&amp;&lt;&yuml;', 'éÉß–…’€&<ÿ'],
    ['names that are seldom', '&ccaron;&scedil;&nrarr;&check;&NotEqualTilde;', 'čş↛✓≂̸'],
    ['old names without their end', 'caf&eacute, 3 &lt 4 &amp; &copy2026', 'café, 3 < 4 & ©2026'],
    ['a hard space by name', 'a&nbsp;&nbsp;b', 'a b'],
    ['decimal numbers', '&#233;&#8211;&#128512;', 'é–😀'],
    ['hexadecimal numbers', '&#xE9;&#X2013;', 'é–'],
    ['numbers of Windows', '&#150;&#8364;&#128;', '–€€'],
    [
      'names that there are not',
      '&nosuch; &constructor; AT&T; R&D',
      '&nosuch; &constructor; AT&T; R&D',
    ],
    ['what XML forbids', '&#0;&#xb;&#xD800;&#xFFFE;&#99999999999;', '\ufffd'.repeat(5)],
  ])('decodes %s', (_what, html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  test.each(['<a b="', '<!--', '<script>', "<a b='>", '&#', ' <b> ', '<p', '='])(
    'takes no time with 250,000 characters of %j',
    (piece) => {
      const html = piece.repeat(250_000 / piece.length);
      const begunMs = performance.now();
      textOfHtml(html);
      expect(performance.now() - begunMs).toBeLessThan(2_000);
    },
  );
});
