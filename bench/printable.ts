import type { Result } from './result.ts';

const headings = ['measured', 'value', 'goal', 'peer', 'ratio', ''];

/** The results as a table for people. */
export function printable(results: readonly Result[]): string {
  const rows = [
    headings,
    ...results.map(({ name, value, unit, goal, peer, ratio, pass }) => [
      name,
      `${String(value)} ${unit}`,
      goal === null ? '' : String(goal),
      peer === undefined ? '' : String(peer),
      ratio === undefined ? '' : String(ratio),
      goal === null ? '' : verdict(pass),
    ]),
  ];
  const widths = headings.map((_heading, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function verdict(pass: boolean): string {
  return pass ? 'met' : 'MISSED';
}
