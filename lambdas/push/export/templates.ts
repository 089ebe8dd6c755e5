import { join } from 'node:path';
import { Eta } from 'eta';
import { attributeValues } from './attribute-values.ts';
import { ExportError } from './attempt.ts';
import { escapedAttribute, escapedText, forbiddenCharacter } from './xml-text.ts';

/** Templates of rules (Eta). They are a developer's code; what they are given is not trusted. */
export interface Templates {
  /**
   * @param name without `.xml`, of a template in the rule's folder
   * @param values what the template sees, by their names
   * @throws ExportError OUTPUT_GENERATION_ERROR
   */
  render: (rule: string, name: string, values: Readonly<Record<string, unknown>>) => string;
  /** @throws Error when there is no such template, or it is none */
  compile: (rule: string, name: string) => void;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** @param folder with a folder of each rule's templates, which may include each other and nothing else */
export function templates(folder: string): Templates {
  const engines = new Map<string, Eta>();

  function engineOf(rule: string): Eta {
    const known = engines.get(rule);
    if (known !== undefined) return known;
    const engine = engineIn(join(folder, rule));
    engines.set(rule, engine);
    return engine;
  }

  return {
    render(rule, name, values) {
      const template = `${rule}/${name}.xml`;
      const failed = (message: string) =>
        new ExportError('OUTPUT_GENERATION_ERROR', `template '${template}': ${message}`);
      if (!namePattern.test(name)) throw failed('is not the name of a template');
      let xml: string;
      try {
        xml = engineOf(rule).render(`${name}.xml`, { ...values });
      } catch (error) {
        throw failed(oneLine(error).replaceAll(join(folder, '/'), ''));
      }
      const forbidden = forbiddenCharacter(xml);
      if (forbidden !== undefined) throw failed(`wrote ${forbidden}, which XML forbids`);
      const encoding = declaredEncoding.exec(xml)?.[1];
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
        throw failed(`declares the encoding ${encoding}, but files are written in UTF-8`);
      }
      return xml;
    },
    compile(rule, name) {
      const engine = engineOf(rule);
      const path = join(folder, rule, `${name}.xml`);
      engine.compile(engine.readFile(path), { filepath: path });
    },
  };
}

/** After a line of `=` Eta shows what it made of the template. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\n=+\n[^]*$/, '').replaceAll(/\s*\n\s*/g, ' ');
}

const declaredEncoding = /^<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)/;

function engineIn(folder: string): Eta {
  const engine = new Eta({
    views: folder,
    defaultExtension: '.xml',
    cache: true,
    useWith: true,
    // Makes messages name the line.
    debug: true,
    escapeFunction: escapedText,
    functionHeader: 'const __eta_attribute = this.escapedAttribute;',
    plugins: [{ processAST: attributeValues }],
  });
  engine.RuntimeErr = (error, _template, line, path) => {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(`line ${String(line)} of ${path}: ${error.message}`);
  };
  return Object.assign(engine, { escapedAttribute });
}

/** A template threw, or one that it includes. */
class TemplateError extends Error {
  override name = 'TemplateError';
}
