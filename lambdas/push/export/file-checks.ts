import type { CheckedFile, Validator } from '../../shared/define/push-rule.ts';
import { attempt, ExportError } from './attempt.ts';
import { dtdCheck, type ParsedXml, type XmlCheck, xsdCheck } from './libxml2.ts';
import type { RuleFiles } from './rule-files.ts';
import { parseUntrustedXml } from './xml-document.ts';

/** What validators look at is held in memory whole, parsed XML with it, at up to 40 times its size. */
export const maxCheckedBytes = 8 * 2 ** 20;

/** Checks files before they are sent. DTDs and schemas are compiled once. */
export interface FileChecks {
  /**
   * Asks validators in their order, up to the first that refuses.
   *
   * @param rule name of the rule whose DTDs a document may refer to
   * @throws ExportError VALIDATION_ERROR
   */
  check: (
    validators: readonly Validator[],
    file: CheckedFile,
    rule: string,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Compiles the DTD or the schema that a validator names. @throws Error that says what is wrong with it */
  compile: (validator: Validator) => void;
}

/** @throws ExportError VALIDATION_ERROR when validators cannot take a file of this size */
export function refuseUnlessCheckable(path: string, bytes: number): void {
  if (bytes <= maxCheckedBytes) return;
  const most = String(maxCheckedBytes);
  throw invalid(`'${path}' has ${String(bytes)} bytes: validators look at files of up to ${most}`);
}

export function fileChecks(files: RuleFiles): FileChecks {
  const compiled = new Map<string, XmlCheck>();

  function checkOf(kind: 'dtd' | 'xsd', file: string): XmlCheck {
    const key = `${kind} ${file}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const check = (kind === 'dtd' ? dtdCheck : xsdCheck)(files.read(file), files.placeOf(file));
    compiled.set(key, check);
    return check;
  }

  return {
    async check(validators, file, rule, signal) {
      refuseUnlessCheckable(file.path, file.bytes.length);
      let document: ParsedXml | undefined;

      const parsed = () =>
        explained(
          () => (document ??= parseUntrustedXml(file.bytes, files.placeOf(`${rule}/document.xml`))),
          `'${file.path}' is not well-formed`,
        );

      async function ask(validator: Validator): Promise<void> {
        if (validator.kind === 'custom') {
          const explain = (message: string) =>
            invalid(`'${file.path}' is refused by ${validator.name}: ${message}`);
          await attempt(signal, () => validator.validate(file), explain);
        } else if (validator.kind === 'well-formed') {
          parsed();
        } else {
          const { kind, file: by } = validator;
          const xml = parsed();
          const valid = explained(() => checkOf(kind, by), `'${by}' cannot be used`);
          explained(() => valid(xml), `'${file.path}' is not valid by ${by}`);
        }
      }

      try {
        for (const validator of validators) await ask(validator);
      } finally {
        document?.free();
      }
    },

    compile(validator) {
      if (validator.kind === 'dtd' || validator.kind === 'xsd') {
        checkOf(validator.kind, validator.file);
      }
    },
  };
}

function explained<Result>(work: () => Result, what: string): Result {
  try {
    return work();
  } catch (error) {
    throw invalid(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function invalid(message: string): ExportError {
  return new ExportError('VALIDATION_ERROR', message);
}
