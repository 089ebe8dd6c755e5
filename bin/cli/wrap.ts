const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** From here on (Hangul, and all of East Asia and the emoji after it) characters may take two columns. */
const firstWide = 0x11_00;

/**
 * Breaks a line so that no piece takes more than `room` columns on any terminal, after a space where
 * there is one. Widths are taken as the largest that a terminal may give a character, marks included: a
 * piece may be shorter than it had to be, but never so long that the terminal goes on at its left edge.
 */
export function wrap(line: string, room: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(line)) {
    const width = mostColumns(segment);
    while (piece !== '' && columns + width > room) {
      const end = breakIn(piece);
      pieces.push(piece.slice(0, end));
      piece = piece.slice(end);
      columns = mostColumns(piece);
    }
    piece += segment;
    columns += width;
  }
  return [...pieces, piece];
}

/** After the last space that has a word before it; at the end of a word that fills all the room. */
function breakIn(piece: string): number {
  const space = piece.lastIndexOf(' ');
  return piece.slice(0, Math.max(space, 0)).trim() === '' ? piece.length : space + 1;
}

function mostColumns(segment: string): number {
  let columns = 0;
  for (const character of segment) columns += (character.codePointAt(0) ?? 0) < firstWide ? 1 : 2;
  return columns;
}
