const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** From here on (Hangul, and all of East Asia and the emoji after it) characters may take two columns. */
const firstWide = 0x11_00;

/**
 * Breaks a line so that no piece takes more than `room` columns on any terminal. Widths are taken as the
 * largest that a terminal may give a character, marks included: a piece may be shorter than it had to
 * be, but never so long that the terminal goes on at its left edge.
 */
export function wrap(line: string, room: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(line)) {
    const width = mostColumns(segment);
    if (piece !== '' && columns + width > room) {
      pieces.push(piece);
      piece = '';
      columns = 0;
    }
    piece += segment;
    columns += width;
  }
  return [...pieces, piece];
}

function mostColumns(segment: string): number {
  let columns = 0;
  for (const character of segment) columns += (character.codePointAt(0) ?? 0) < firstWide ? 1 : 2;
  return columns;
}
