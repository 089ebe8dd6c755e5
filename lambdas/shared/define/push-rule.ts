import type { Content } from './content-type.ts';

/** Names of rules and of targets: they begin keys of exported files. */
export const pushNamePattern = /^[a-z][a-z0-9-]{0,63}$/;

type Eventually<T> = T | Promise<T>;

/** Reads content as it is now. */
export interface ContentReader {
  /** The item of a reference `type:id`, if there is one. */
  get: (ref: string) => Promise<Content | undefined>;
  /** All items of a type, the oldest first. */
  ofType: (type: string) => AsyncIterable<Content>;
}

/** What the functions of a rule may use besides what they are given. */
export interface RuleTools {
  content: ContentReader;
}

/** What is given of a text: itself, or a function that makes it. */
export type Text = string | (() => Eventually<string>);

interface Placed {
  /** Name of the file, without a path. */
  name?: Text;
  /** Folder below the target's own, with `/` between levels. @default the target's own folder */
  directory?: Text;
  /** In place of the rule's. */
  validators?: readonly Validator[];
}

/**
 * A file made from a template: `config/push-rules/<rule>/<template>.xml` (Eta), which sees the content
 * as `object` and the extra context beside it. Values are escaped for XML.
 */
export interface TemplateOutput extends Placed {
  kind: 'template';
  /** @default the content's type */
  template?: string;
  /** Values that the template sees by their names. */
  context?: Readonly<Record<string, unknown>>;
  /** @default `<type>_<id>.xml` */
  name?: Text;
}

/** A file of the content's own, byte for byte. */
export interface BinaryOutput extends Placed {
  kind: 'binary';
  /** Name of the binary, as the content's type declares it. */
  binary: string;
  /** Reference of the content that has it. @default the content itself */
  of?: string;
  /** @default `<type>_<id>_<binary>` */
  name?: Text;
}

export type Output = TemplateOutput | BinaryOutput;

export function template(options: Omit<TemplateOutput, 'kind'> = {}): TemplateOutput {
  return { kind: 'template', ...options };
}

export function binary(
  name: string,
  options: Omit<BinaryOutput, 'kind' | 'binary'> = {},
): BinaryOutput {
  return { kind: 'binary', binary: name, ...options };
}

/** What a custom validator is given. */
export interface CheckedFile {
  /** Relative, as the target gets it. */
  path: string;
  bytes: Uint8Array;
  content: Content;
}

/** What a file has to be before it is sent. Files of validators are below `config/push-rules/`. */
export type Validator =
  | { kind: 'well-formed' }
  | { kind: 'dtd'; file: string }
  | { kind: 'xsd'; file: string }
  | {
      kind: 'custom';
      name: string;
      /** Throws, with what is wrong and where, when the file is not to be sent. */
      validate: (file: CheckedFile) => Eventually<void>;
    };

/** XML that can be parsed: no external entities, no network, bounded expansion. */
export function wellFormed(): Validator {
  return { kind: 'well-formed' };
}

/** XML that is valid by this DTD, e.g. `partner-stories/news.dtd`. */
export function dtd(file: string): Validator {
  return { kind: 'dtd', file };
}

/** XML that is valid by this schema, e.g. `partner-stories/news.xsd`. */
export function xsd(file: string): Validator {
  return { kind: 'xsd', file };
}

export function validator(
  name: string,
  validate: (file: CheckedFile) => Eventually<void>,
): Validator {
  return { kind: 'custom', name, validate };
}

/** How the files of a push travel: each by itself, or in one archive. */
export type Packing =
  | { kind: 'flat' }
  | {
      kind: 'zip' | 'tar.gz';
      /** @default `<rule>.zip`, `<rule>.tar.gz` */
      name?: string;
    };

export function flat(): Packing {
  return { kind: 'flat' };
}

/** One zip with relative paths; the same files make the same bytes. */
export function zip(name?: string): Packing {
  return { kind: 'zip', ...(name !== undefined && { name }) };
}

/** One gzipped tar with relative paths; the same files make the same bytes. */
export function tarGz(name?: string): Packing {
  return { kind: 'tar.gz', ...(name !== undefined && { name }) };
}

/** What `afterSelect` may do. */
export interface SelectTools extends RuleTools {
  /** Has other content pushed by the same rule, without asking its filters. */
  enqueue: (ref: string) => void;
}

/**
 * What a rule does with content of a type. Everything but `outputs` may be left out: a filter that is
 * not there is true, and nothing is related. What throws ends in the queue with a status of its own; it
 * never fails the change that it was asked about.
 */
export interface Supervisor {
  /** Asked first: is this content of a kind that the partner wants? */
  filterByType?: (content: Content, tools: RuleTools) => Eventually<boolean>;
  /** Asked second, not of new content: were fields changed that matter? Names of fields and binaries. */
  filterByUpdates?: (
    changed: readonly string[],
    content: Content,
    tools: RuleTools,
  ) => Eventually<boolean>;
  /** Asked last: is it in a state to be shown? */
  filterByState?: (content: Content, tools: RuleTools) => Eventually<boolean>;
  /** The files of this content, made when it is pushed. */
  outputs: (content: Content, tools: RuleTools) => Eventually<readonly Output[]>;
  /** References of content that is pushed along, by its own supervisor; each once, however they refer to each other. */
  related?: (content: Content, tools: RuleTools) => Eventually<readonly string[]>;
  /** Called when content was selected. */
  afterSelect?: (content: Content, tools: SelectTools) => Eventually<void>;
}

interface AnyRule {
  /** Lower-case letters, digits and hyphens, at most 64. */
  name: string;
  /** Whom it serves, with what: a sentence. */
  description: string;
  /** Names of targets in `config/push-targets.ts`. */
  targets: readonly string[];
  /** The policy for content of its type, or nothing for content that is none of the rule's. */
  supervise: (content: Content, tools: RuleTools) => Eventually<Supervisor | undefined>;
  /** @default each file by itself */
  pack?: Packing;
  /** Of every file made from a template, in this order. @default none */
  validators?: readonly Validator[];
}

/** Pushes content when it changes. */
export interface SequentialRule extends AnyRule {
  kind: 'sequential';
}

/** Pushes many items together, when asked. */
export interface MassRule extends AnyRule {
  kind: 'mass';
  /** Called once before the items. What it throws ends the run with that message. */
  initialise?: (args: readonly string[], tools: RuleTools) => Eventually<void>;
  /** What to push. What it throws ends the run with that message: arguments that make no sense. */
  items: (args: readonly string[], tools: RuleTools) => AsyncIterable<Content>;
}

export type PushRule = SequentialRule | MassRule;

/** Declares a rule. Its mistakes are reported by `defineConfig`. */
export function definePushRule<Rule extends PushRule>(rule: Rule): Rule {
  return rule;
}
