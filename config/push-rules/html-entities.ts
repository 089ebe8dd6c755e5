/** Names for U+00A0 to U+00FF, in this order. */
const latin1 = `nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg
  plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave
  Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH
  Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig
  agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml
  eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml`;

/** Each name before its character. */
const others = `amp & lt < gt > quot " apos ' OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ
  tilde ˜ ndash – mdash — lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † Dagger ‡ bull •
  hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › oline ‾ frasl ⁄ euro € trade ™ larr ← uarr ↑
  rarr → darr ↓ harr ↔ minus − radic √ infin ∞ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ loz ◊ Omega Ω alpha α
  beta β gamma γ delta δ lambda λ mu μ pi π sigma σ omega ω`;

const words = (text: string) => text.split(/\s+/u);

const characters = new Map<string, string>([
  ...words(latin1).map((name, at) => [name, String.fromCodePoint(0xa0 + at)] as const),
  ...pairs(words(others)),
]);

/** Numbers from 128 to 159 mean what Windows means by them, as in browsers. */
const windows = new TextDecoder('windows-1252');

/**
 * Replaces `&eacute;`, `&#233;` and `&#xE9;` by what they stand for. Names that are not of common
 * text stay as they are; numbers that are no character of XML become U+FFFD.
 */
export function decodeEntities(html: string): string {
  return html.replace(
    /&(?:#(?<decimal>\d+)|#x(?<hex>[0-9a-f]+)|(?<name>[a-z][a-z0-9]*));/giu,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return characterOf(Number(decimal));
      if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
      return characters.get(name ?? '') ?? whole;
    },
  );
}

function characterOf(number: number): string {
  if (number >= 0x80 && number <= 0x9f) return windows.decode(Uint8Array.of(number));
  const isXml =
    [0x9, 0xa, 0xd].includes(number) ||
    (number >= 0x20 && number <= 0xd7ff) ||
    (number >= 0xe000 && number <= 0xfffd) ||
    (number >= 0x1_0000 && number <= 0x10_ffff);
  return isXml ? String.fromCodePoint(number) : '\ufffd';
}

function pairs(list: readonly string[]): (readonly [string, string])[] {
  return list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? ''] as const] : []));
}
