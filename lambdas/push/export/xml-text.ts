/** https://www.w3.org/TR/xml/#charsets; a surrogate without its other half is none of them. */
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Where XML has a character that it forbids, and which; `undefined`: nowhere. */
export function forbiddenCharacter(xml: string): string | undefined {
  const found = forbidden.exec(xml);
  if (found === null) return undefined;
  const code = found[0].codePointAt(0) ?? 0;
  const line = xml.slice(0, found.index).split('\n').length;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} in line ${String(line)}`;
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** A value as the text of an element, the same after it is parsed. Nothing is made of null and undefined. @throws TypeError */
export function escapedText(value: unknown): string {
  return textOf(value).replaceAll(/[&<>"'\r]/g, reference);
}

/** A value as that of an attribute, where parsers make spaces of line breaks and tabs. */
export function escapedAttribute(value: unknown): string {
  return textOf(value).replaceAll(/[&<>"'\r\n\t]/g, reference);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  if (value instanceof Date) return value.toISOString();
  throw new TypeError(`a value of type ${typeof value} has no text of its own`);
}

function reference(character: string): string {
  return references[character] ?? character;
}
