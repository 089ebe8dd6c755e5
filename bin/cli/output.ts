import { styleText } from 'node:util';
import { plainLines, plainText } from './plain-text.ts';
import type { Surroundings } from './surroundings.ts';
import { cut, table } from './table.ts';
import { wrap } from './wrap.ts';

/** One column of what is shown; an empty cell is what an item does not have. */
export interface Column<T> {
  readonly heading: string;
  readonly cell: (item: T) => string;
  /** Columns of a terminal that a cell takes at most; none for what people copy. */
  readonly widest?: number;
}

/** Results go to stdout; whatever else is to be said goes to stderr, so that pipes stay clean. */
export interface Output {
  readonly json: boolean;
  /** The answer as JSON. */
  readonly document: (answer: unknown) => void;
  /** Items as a table on a terminal, as tab-separated lines without headings elsewhere. */
  readonly rows: <T>(columns: readonly Column<T>[], items: readonly T[]) => void;
  /**
   * Items with a long text each: on a terminal one under the other, the text indented beneath, so that
   * it cannot pass for another item; elsewhere as lines whose last cell is the text.
   */
  readonly entries: <T>(
    columns: readonly Column<T>[],
    items: readonly T[],
    text: (item: T) => string,
  ) => void;
  readonly message: (text: string) => void;
}

type Streams = Pick<Surroundings, 'stdout' | 'stderr' | 'environment'>;

const usualWidth = 80;
const textIndent = ' '.repeat(4);

export function createOutput(streams: Streams, json: boolean): Output {
  const { stdout, stderr } = streams;
  let begun = false;
  /** On a terminal an empty line keeps apart what is written one after the other. */
  const write = (lines: readonly string[]) => {
    const apart = begun && stdout.isTTY === true ? [''] : [];
    begun = true;
    stdout.write([...apart, ...lines].map((line) => `${line}\n`).join(''));
  };
  const rows: Output['rows'] = (columns, items) => {
    const cells = cellsOf(columns, items);
    write(
      stdout.isTTY === true
        ? tableLines(columns, cells, streams)
        : cells.map((row) => row.join('\t')),
    );
  };
  return {
    json,
    document: (answer) => void stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`),
    rows,
    entries: (columns, items, text) => {
      if (stdout.isTTY !== true) rows([...columns, { heading: '', cell: text }], items);
      else for (const item of items) write(entryLines(columns, item, text(item), streams));
    },
    message: (text) => void stderr.write(`${text}\n`),
  };
}

function cellsOf<T>(columns: readonly Column<T>[], items: readonly T[]): string[][] {
  return items.map((item) => columns.map(({ cell }) => plainText(cell(item))));
}

function tableLines<T>(columns: readonly Column<T>[], cells: string[][], streams: Streams) {
  const [headings = '', ...rows] = table(
    columns.map(({ heading }) => heading),
    cells.map((row) => row.map((cell, column) => shown(cell, columns[column]?.widest))),
    widthOf(streams),
  );
  return [bold(headings, streams), ...rows];
}

function entryLines<T>(columns: readonly Column<T>[], item: T, text: string, streams: Streams) {
  const width = Math.max(...columns.map(({ heading }) => heading.length));
  return [
    ...columns.map(
      ({ heading, cell }) =>
        `${bold(heading.padEnd(width), streams)}  ${shown(plainText(cell(item)))}`,
    ),
    '',
    ...plainLines(text)
      .flatMap((line) => wrap(line, Math.max(1, widthOf(streams) - textIndent.length)))
      .map((piece) => (piece === '' ? '' : textIndent + piece)),
  ];
}

function widthOf({ stdout }: Streams): number {
  return stdout.columns ?? usualWidth;
}

function shown(cell: string, widest = Infinity): string {
  return cell === '' ? '-' : cut(cell, widest);
}

function bold(text: string, { environment }: Streams): string {
  const hasColours = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  return hasColours ? styleText('bold', text, { validateStream: false }) : text;
}
