import * as z from 'zod';

/** Limits in characters, which are Unicode code points here and everywhere in the contract. */
export const maxSubjectCharacters = 140;
export const maxBodyCharacters = 64_000;
const maxExcerptCharacters = 50;

/**
 * Largest request of a route that takes a body's text: 64,000 characters written as `\ud83d\ude00`
 * have 768,000 bytes (the contract's 1 MiB).
 */
export const messageBytes = 1024 * 1024;

/**
 * Neither white space nor a character that shows nothing by itself (joiners, marks of direction,
 * variation selectors, Hangul fillers): a text without one is blank.
 */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;

const controlInSubject = /\p{Cc}/u;
const controlInBody = /[^\P{Cc}\t\n\r]/u;

/** A text of 1 to `max` characters that is stored and given back as it came. */
function textOf(max: number, control: RegExp, allowed: string) {
  return z
    .string()
    .superRefine((text, context) => {
      const mistake = mistakeOf(text, max, control, allowed);
      if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
    })
    .meta({ minLength: 1, maxLength: max });
}

function mistakeOf(
  text: string,
  max: number,
  control: RegExp,
  allowed: string,
): string | undefined {
  if (!text.isWellFormed()) return 'holds half a surrogate pair, which is no character';
  if (!visible.test(text)) return 'must not be blank';
  if (text.length > max && Array.from(text).length > max) {
    return `must have at most ${max} characters`;
  }
  if (control.test(text)) return `must not hold control characters${allowed}`;
  return undefined;
}

export const subjectText = textOf(maxSubjectCharacters, controlInSubject, '');
export const bodyText = textOf(
  maxBodyCharacters,
  controlInBody,
  ' other than tab, line feed and carriage return',
);

/** What lists show of a body: all of it up to 50 characters, else the first 49 and `...`. */
export function excerptOf(body: string): string {
  const begin = Array.from(body.slice(0, 2 * (maxExcerptCharacters + 1)));
  if (begin.length <= maxExcerptCharacters) return body;
  return `${begin.slice(0, maxExcerptCharacters - 1).join('')}...`;
}
