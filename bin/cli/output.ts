import { styleText } from 'node:util';
import { plainText } from './plain-text.ts';
import type { Surroundings } from './surroundings.ts';
import { table } from './table.ts';

/** One column of what is shown; an empty cell is what an item does not have. */
export interface Column<T> {
  readonly heading: string;
  readonly cell: (item: T) => string;
}

/** Results go to stdout; whatever else is to be said goes to stderr, so that pipes stay clean. */
export interface Output {
  readonly json: boolean;
  /** The answer as JSON. */
  readonly document: (answer: unknown) => void;
  /** Items as a table on a terminal, as tab-separated lines without headings elsewhere. */
  readonly rows: <T>(columns: readonly Column<T>[], items: readonly T[]) => void;
  readonly message: (text: string) => void;
}

type Streams = Pick<Surroundings, 'stdout' | 'stderr' | 'environment'>;

const usualWidth = 80;

export function createOutput(streams: Streams, json: boolean): Output {
  const { stdout, stderr } = streams;
  return {
    json,
    document: (answer) => void stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`),
    rows: (columns, items) => {
      const cells = items.map((item) => columns.map(({ cell }) => plainText(cell(item))));
      const lines =
        stdout.isTTY === true
          ? tableLines(columns, cells, streams)
          : cells.map((row) => row.join('\t'));
      stdout.write(lines.map((line) => `${line}\n`).join(''));
    },
    message: (text) => void stderr.write(`${text}\n`),
  };
}

function tableLines<T>(columns: readonly Column<T>[], cells: string[][], streams: Streams) {
  const [headings = '', ...rows] = table(
    columns.map(({ heading }) => heading),
    cells.map((row) => row.map((cell) => (cell === '' ? '-' : cell))),
    streams.stdout.columns ?? usualWidth,
  );
  return [
    hasColours(streams) ? styleText('bold', headings, { validateStream: false }) : headings,
    ...rows,
  ];
}

function hasColours({ environment }: Streams): boolean {
  return (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}
