import type { FieldError } from '../../shared/errors.ts';

/** Levels of lists and objects in one field: more than templates can make use of. */
export const maxLevels = 32;

/** Mistakes told at once: each is some bytes of an answer, and a body has room for very many. */
export const maxMistakes = 100;

/** What XML 1.0 allows no document to hold, escaped or not (https://www.w3.org/TR/xml/#charsets). */
const notOfXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Means an object's prototype to so many programs that none can be trusted to keep it. */
export function isRefusedName(name: string): boolean {
  return name === '__proto__';
}

export const refusedName = 'has a name that no field may have';

/**
 * What keeps fields from being stored and from being written as XML, whatever their type: texts and names
 * with characters that XML forbids, `__proto__`, numbers that JSON can write and no computer can hold, and too
 * many levels.
 */
export function fieldMistakes(
  fields: Readonly<Record<string, unknown>>,
  path: string,
): FieldError[] {
  return [...mistakesIn(fields, path)].slice(0, maxMistakes);
}

function* mistakesIn(
  fields: Readonly<Record<string, unknown>>,
  path: string,
): Generator<FieldError> {
  for (const [name, value] of Object.entries(fields)) {
    const place = `${path}.${name}`;
    yield* nameMistakes(name, place);
    if (levelsOf(value) > maxLevels) {
      yield { path: place, message: `is nested too deep: a field has at most ${maxLevels} levels` };
    } else {
      yield* valueMistakes(value, place);
    }
  }
}

function* valueMistakes(value: unknown, path: string): Generator<FieldError> {
  if (typeof value === 'string' && !isXmlText(value)) {
    yield { path, message: refusal(value, 'holds') };
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    yield { path, message: 'is a number that is too large' };
  } else if (Array.isArray(value)) {
    for (const [place, part] of value.entries()) yield* valueMistakes(part, `${path}.${place}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      const place = `${path}.${name}`;
      yield* nameMistakes(name, place);
      yield* valueMistakes(part, place);
    }
  }
}

function* nameMistakes(name: string, path: string): Generator<FieldError> {
  if (!isXmlText(name)) yield { path, message: refusal(name, 'has a name that holds') };
  if (isRefusedName(name)) yield { path, message: refusedName };
}

function isXmlText(text: string): boolean {
  return !notOfXml.test(text);
}

function refusal(text: string, holds: string): string {
  const code = notOfXml.exec(text)?.[0].codePointAt(0) ?? 0;
  return `${holds} U+${code.toString(16).toUpperCase().padStart(4, '0')}, which XML forbids`;
}

/** Level by level, without recursion; no further than it matters. */
function levelsOf(value: unknown): number {
  let level = [value].filter(isContainer);
  let levels = 0;
  while (level.length > 0 && levels <= maxLevels) {
    levels += 1;
    level = level.flatMap((container): unknown[] => Object.values(container)).filter(isContainer);
  }
  return levels;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
