const gap = '  ';
const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\uff01-\uff60]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Rows under headings, each column as wide as its widest cell. Where that exceeds the terminal
 * (`width` in columns), the last column is cut; the others are what people copy.
 */
export function table(headings: string[], rows: string[][], width: number): string[] {
  const lines = [headings, ...rows];
  const last = headings.length - 1;
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((cells) => columnsOf(cells[column] ?? ''))),
  );
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + gap.length, 0);
  const room = Math.max(columnsOf(headings[last] ?? ''), width - before);
  return lines.map((cells) =>
    cells
      .map((cell, column) =>
        column === last
          ? cut(cell, room)
          : cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)),
      )
      .join(gap)
      .trimEnd(),
  );
}

/** Columns that a text takes on a terminal. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += wide.test(segment) ? 2 : 1;
  return columns;
}

/** A text shortened to so many columns, with a sign that it was. */
export function cut(text: string, room: number): string {
  if (columnsOf(text) <= room) return text;
  let kept = '';
  let columns = 1;
  for (const { segment } of graphemes.segment(text)) {
    columns += columnsOf(segment);
    if (columns > room) break;
    kept += segment;
  }
  return `${kept}…`;
}
