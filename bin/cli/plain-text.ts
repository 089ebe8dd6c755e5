/* oxlint-disable no-control-regex -- control characters are what this file is about */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const names: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Text of an answer as it may go to a terminal or into a line: somebody else wrote it, so control
 * characters and those that turn the reading direction are written out instead of taking effect.
 */
export function plainText(text: string): string {
  return text.replaceAll(
    controls,
    (character) =>
      names[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A tab moves the cursor by as much as the terminal likes. */
const tab = '    ';

/** The lines of a text that may have several: line ends and tabs are kept, nothing else takes effect. */
export function plainLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => plainText(line.replaceAll('\t', tab)));
}
