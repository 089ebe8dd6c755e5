import type { Run } from '../runs/run.ts';
import { earlierMassMarks, massMark } from './marks.ts';
import { readManifest } from './manifest.ts';
import { parcelName } from './parcel-name.ts';
import { readPartSent, writePartSent } from './part-sent.ts';
import { sendRounds } from './rounds.ts';
import type { Sending } from './rounds.ts';
import type { Sent } from './shipment.ts';
import type { WorkParts } from './work-parts.ts';

/** Lines that a run keeps of a target: its messages are of all targets. */
const mostLines = 100;

/** What became of a target. */
export interface TargetEnd {
  isWhole: boolean;
  messages: string[];
}

/**
 * Sends the files of a mass run to a target. What cannot be done in the time of one worker is gone on
 * with by the next, from where this one ended.
 *
 * @param whose.epoch of the run's lane: which worker this is
 */
export async function sendParcel(
  parts: WorkParts,
  sending: Sending,
  { run, epoch }: { run: Run; epoch: number },
): Promise<TargetEnd | 'goes on'> {
  const rule = parts.book.rules.get(run.rule ?? '');
  const manifest = rule && (await readManifest(parts.outbox, run, rule.name));
  if (rule === undefined || manifest === undefined) {
    const why = `${sending.target.name}: the exported files are not there any more`;
    return { isWhole: false, messages: [why] };
  }
  const whose = { rule: rule.name, run: run.ulid, target: sending.target.name };
  const before = await readPartSent(parts.outbox, whose);
  const parcel = {
    files: manifest.files.filter(({ path }) => !before.has(path)),
    name: parcelName(rule, manifest.files),
    mark: massMark(run.ulid, epoch),
    earlierMarks: earlierMassMarks(run.ulid, epoch),
  };
  let sent: Sent | undefined;
  await sendRounds(parts, sending, [parcel], (_parcel, end) => {
    sent = end;
    return Promise.resolve();
  });
  if (sent === undefined) return 'goes on';
  if (!sent.isWhole && sending.late.aborted && sent.there.length > 0) {
    await writePartSent(parts.outbox, whose, [...before, ...sent.there]);
    return 'goes on';
  }
  return { isWhole: sent.isWhole, messages: shortened(sent, before.size) };
}

/** Of very many lines those of failures first. */
function shortened({ lines, there }: Sent, before: number): string[] {
  const earlier = before > 0 ? [`${String(before)} files were sent before`] : [];
  if (lines.length <= mostLines) return [...earlier, ...lines];
  const arrived = new Set(there.map((path) => `'${path}': push SUCCESS`));
  const isFailure = (line: string) => !arrived.has(line.slice(line.indexOf("'")));
  const sorted = lines.toSorted((one, other) => Number(isFailure(other)) - Number(isFailure(one)));
  const left = lines.length - mostLines;
  return [...earlier, ...sorted.slice(0, mostLines), `... and ${String(left)} more lines`];
}
