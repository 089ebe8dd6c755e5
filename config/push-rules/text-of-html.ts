import { decodeHTML } from 'entities/decode';

/**
 * Comments; scripts and styles with what is in them; tags and declarations. What is left open goes on
 * to the end, as in browsers, so that each part is looked at once, however the HTML is broken.
 */
const markup =
  /<!--.*?(?:-->|$)|<(?<unseen>script|style)\b.*?(?:<\/\k<unseen>\s*>|$)|<\/?(?<tag>[a-z][a-z0-9]*)(?:[^=>]|=\s*"[^"]*(?:"|$)|=\s*'[^']*(?:'|$)|=)*(?:>|$)|<[!?][^>]*(?:>|$)/gisu;

/** Tags that leave words on their line; all others end it. */
const inline = new Set(
  `a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small
  span strike strong sub sup time tt u var wbr`.split(/\s+/u),
);

/** What a reader sees of HTML: one line for each paragraph, no tags, single spaces. */
export function textOfHtml(html: string): string {
  let text = '';
  let end = 0;
  for (const { 0: found, index, groups } of html.matchAll(markup)) {
    text += readable(html.slice(end, index));
    const tag = groups?.['tag']?.toLowerCase();
    if (tag !== undefined && !inline.has(tag)) text += '\n';
    end = index + found.length;
  }
  text += readable(html.slice(end));
  const lines = text.split('\n').map((line) => line.replace(/\s+/gu, ' ').trim());
  return lines.filter((line) => line !== '').join('\n');
}

/** Such as `&#1;` stands for. */
const notOfXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A line feed in HTML is a space. */
function readable(html: string): string {
  return decodeHTML(html).replace(notOfXml, '\ufffd').replace(/\s+/gu, ' ');
}
