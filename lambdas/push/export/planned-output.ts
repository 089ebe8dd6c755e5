import { createHash } from 'node:crypto';
import type { Binary, Content } from '../../shared/define/content-type.ts';
import type { Output, PushRule, Text, Validator } from '../../shared/define/push-rule.ts';
import type { ContentStore, StoredBinary } from '../content/content-store.ts';
import type { FailedStatus } from '../queue/status.ts';
import { attempt, ExportError } from './attempt.ts';
import { fileName, filePath } from './file-place.ts';
import type { Templates } from './templates.ts';

/** A file that is going to be: its place is known, and what will be in it. */
export interface PlannedOutput {
  /** Relative, as the target gets it. */
  path: string;
  /** SHA-256 of its bytes. */
  fingerprint: string;
  source: { kind: 'bytes'; bytes: Uint8Array } | { kind: 'binary'; binary: StoredBinary };
  validators: readonly Validator[];
  /** Whose output it is. */
  content: Content;
}

export interface PlanningParts {
  store: ContentStore;
  templates: Templates;
}

/**
 * Asks an output for its place and makes what is to be in it.
 *
 * @throws ExportError when there is no file to be had from it
 */
export async function plannedOutput(
  output: Output,
  { content, rule, signal }: { content: Content; rule: PushRule; signal: AbortSignal },
  { store, templates }: PlanningParts,
): Promise<PlannedOutput> {
  const owner = output.kind === 'binary' ? (output.of ?? content.ref) : content.ref;
  const stem = owner.replace(':', '_');
  const usual = output.kind === 'binary' ? `${stem}_${output.binary}` : `${stem}.xml`;
  const name = await textOf(output.name, usual, signal, 'OUTPUT_MAKER_ERROR');
  const file = fileName(name);
  const directory = await textOf(output.directory, '', signal, 'GET_DIRECTORY_ERROR');
  const path = filePath(directory, file);
  if (output.kind === 'binary') {
    const binary = await binaryOf(owner, output.binary, store);
    const { validators = [] } = output;
    const source = { kind: 'binary' as const, binary };
    return { path, fingerprint: binary.sha256, source, validators, content };
  }
  const template = output.template ?? content.type;
  const xml = templates.render(rule.name, template, { ...output.context, object: content });
  const bytes = Buffer.from(xml);
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  const validators = output.validators ?? rule.validators ?? [];
  return { path, fingerprint, source: { kind: 'bytes', bytes }, validators, content };
}

async function textOf(
  text: Text | undefined,
  usual: string,
  signal: AbortSignal,
  status: FailedStatus,
): Promise<unknown> {
  if (typeof text !== 'function') return text ?? usual;
  return attempt(signal, text, (message) => new ExportError(status, message));
}

async function binaryOf(
  ref: string,
  name: Binary['name'],
  store: ContentStore,
): Promise<StoredBinary> {
  const owner = await store.get(ref);
  if (owner === undefined) throw notGenerated(`the content of the binary is gone: ${ref}`);
  const binary = owner.binaries.find((one) => one.name === name);
  if (binary === undefined) throw notGenerated(`${ref} has no binary '${name}'`);
  return binary;
}

function notGenerated(message: string): ExportError {
  return new ExportError('OUTPUT_GENERATION_ERROR', message);
}
