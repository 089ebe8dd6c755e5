/** So many complaints are told; the others are counted. */
const toldComplaints = 10;

/** A message may quote the document. */
const longestMessage = 500;

/** What the parser says against a document. */
export interface Complaints {
  count: number;
  lines: string[];
  /** What it wanted to read and may not. */
  refused: string[];
  add: (line: number, message: string) => void;
}

export function complaints(...lines: string[]): Complaints {
  return {
    count: lines.length,
    lines,
    refused: [],
    add(line, message) {
      this.count += 1;
      if (this.lines.length >= toldComplaints) return;
      const text = message.trim().slice(0, longestMessage);
      this.lines.push(line > 0 ? `line ${String(line)}: ${text}` : text);
    },
  };
}

/** A document, a DTD or a schema is not as it should be. Its message holds the parser's, with the lines. */
export class XmlError extends Error {
  override name = 'XmlError';

  constructor({ count, lines }: Complaints) {
    const more = count - lines.length;
    const told = more > 0 ? [...lines, `and ${String(more)} more`] : lines;
    super(told.length > 0 ? told.join('; ') : 'it cannot be parsed');
  }
}
