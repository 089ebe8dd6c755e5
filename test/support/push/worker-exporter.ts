import type { Content } from '../../../lambdas/shared/define/content-type.ts';
import type { Exported, Exporter, ExportProblem } from '../../../lambdas/push/export/exporter.ts';
import type { Outbox } from '../../../lambdas/push/export/outbox.ts';
import type { FailedStatus } from '../../../lambdas/push/queue/status.ts';

/** What a test's content has made of it: files by their paths, and problems. */
export interface Wanted {
  files?: Record<string, string>;
  problems?: { status: FailedStatus; message: string }[];
}

/** Makes files of content as a test says, in an outbox. By default one of its version. */
export class WorkerExporter implements Exporter {
  readonly #outbox: Outbox;
  /** References of the items that were exported, one after the other. */
  readonly exported: string[] = [];
  /** Sizes that files have, other than those of their texts. */
  sizes: Record<string, number> = {};
  wanted: (content: Content, signal: AbortSignal) => Wanted | Promise<Wanted> = ({
    type,
    id,
    version,
  }) => ({ files: { [`${type}_${id}.xml`]: `<v>${String(version)}</v>` } });

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  async export({
    rule,
    items,
    folder,
    signal,
    progressed,
  }: Parameters<Exporter['export']>[0]): Promise<Exported> {
    const files: Exported['files'][number][] = [];
    const problems: ExportProblem[] = [];
    let count = 0;
    for await (const content of items) {
      this.exported.push(content.ref);
      const wanted = await this.wanted(content, signal);
      problems.push(...(wanted.problems ?? []));
      for (const [path, text] of Object.entries(wanted.files ?? {})) {
        const bytes = Buffer.from(text);
        await this.#outbox.put(`${folder}${path}`, bytes);
        files.push({ path, key: `${folder}${path}`, size: this.sizes[path] ?? bytes.length });
      }
      count += 1;
      await progressed?.(count);
    }
    if (rule.pack === undefined || rule.pack.kind === 'flat' || files.length === 0) {
      return { items: count, files, problems };
    }
    const path = rule.pack.name ?? `${rule.name}.${rule.pack.kind}`;
    const bytes = Buffer.from(files.map((file) => file.path).join('+'));
    await this.#outbox.put(`${folder}${path}`, bytes);
    const archive = { path, key: `${folder}${path}`, size: bytes.length };
    return { items: count, files: [archive], problems };
  }
}
