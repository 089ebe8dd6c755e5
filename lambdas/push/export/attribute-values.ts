import type { EtaConfig } from 'eta';

/** A parsed template: its text as it is, and its tags. */
type Parsed = Parameters<NonNullable<EtaConfig['plugins'][number]['processAST']>>[0];

/** Where in XML a place of a template is; a quotation mark: in a value that it began. */
type Where = 'text' | 'tag' | '"' | "'" | 'comment' | 'cdata' | 'instruction';

/**
 * Has what a template writes within quotation marks of a tag go through the function `__eta_attribute`:
 * line breaks and tabs must be written otherwise there than between tags. Whatever branches a template
 * takes, its text is read as one.
 */
export function attributeValues(parsed: Parsed): Parsed {
  let where: Where = 'text';
  return parsed.map((part) => {
    if (typeof part === 'string') {
      where = whereAfter(part, where);
      return part;
    }
    const isValue = where === '"' || where === "'";
    return isValue && part.t === 'i'
      ? { ...part, t: 'r', val: `__eta_attribute(${part.val})` }
      : part;
  });
}

const marks = /<!--|-->|<!\[CDATA\[|\]\]>|<\?|\?>|["'<>]/g;

function whereAfter(text: string, before: Where): Where {
  let where = before;
  for (const [mark] of text.matchAll(marks)) where = next(where, mark);
  return where;
}

function next(where: Where, mark: string): Where {
  if (where === 'text') return begun[mark] ?? where;
  if (where !== 'tag') return ends[where] === mark ? afterIt(where) : where;
  if (mark === '"' || mark === "'") return mark;
  return mark.endsWith('>') ? 'text' : where;
}

function afterIt(ended: Where): Where {
  return ended === '"' || ended === "'" ? 'tag' : 'text';
}

const begun: Readonly<Record<string, Where>> = {
  '<!--': 'comment',
  '<![CDATA[': 'cdata',
  '<?': 'instruction',
  '<': 'tag',
};

const ends: Readonly<Record<Exclude<Where, 'text' | 'tag'>, string>> = {
  '"': '"',
  "'": "'",
  comment: '-->',
  cdata: ']]>',
  instruction: '?>',
};
