/**
 * Bytes of an item as DynamoDB counts them: names and strings as UTF-8, a number one byte for two
 * digits and one more, lists and maps 3 bytes and 1 for each entry. (DynamoDB developer guide,
 * "DynamoDB item sizes and formats".)
 */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    bytes += Buffer.byteLength(name) + valueSize(value);
  }
  return bytes;
}

const containerBytes = 3;
const entryBytes = 1;

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberSize(value);
  if (typeof value === 'boolean' || value === null) return 1;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, part) => sum + entryBytes + valueSize(part), containerBytes);
  }
  if (typeof value === 'object') {
    return containerBytes + Object.keys(value).length * entryBytes + itemSize({ ...value });
  }
  throw new TypeError(`no rule for the size of a ${typeof value}`);
}

function numberSize(value: number): number {
  const digits = String(Math.abs(value))
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}
