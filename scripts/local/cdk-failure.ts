/** How the CDK, esbuild, Node and CloudFormation's events begin the line that says what went wrong. */
const cause = /✘ \[ERROR\]|^ERROR |\w*Error\b.*:|❌|_FAILED/u;

const shownLines = 20;

/**
 * The lines of a failed CDK command that are worth reading first: those around the first that
 * names a cause, or the last ones when none does.
 */
export function failureExcerpt(output: string): string {
  const lines = output.trimEnd().split('\n');
  const first = lines.findIndex((line) => cause.test(line));
  const from = first === -1 ? -shownLines : Math.max(first - 1, 0);
  return lines
    .slice(from)
    .slice(0, shownLines)
    .map((line) => (line.length > 300 ? `${line.slice(0, 299)}…` : line))
    .join('\n');
}
