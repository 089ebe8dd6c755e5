import type { Api } from './api.ts';
import { exitCodes, Failure } from './failure.ts';
import { settled, type Watched } from './hooks-settled.ts';
import type { Output } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command set going. */
export interface Going {
  readonly accepted: number;
  /** What may be among it, as it was before; nothing when nobody waits. */
  readonly watched: readonly Watched[];
  /** The command that shows what became of it. */
  readonly look: string;
}

/**
 * Tells how much was set going and, when it is waited for, what came of it.
 *
 * @throws Failure when something of it failed, or is on its way still.
 */
export async function tellOutcome(
  { api, output, surroundings }: { api: Api; output: Output; surroundings: Surroundings },
  { accepted, watched, look }: Going,
  wait: boolean,
): Promise<void> {
  if (!output.json) output.message(`On their way: ${String(accepted)}`);
  if (!wait) {
    if (output.json) output.document({ accepted });
    return;
  }
  const outcome = await settled(api, surroundings, accepted > 0 ? watched : [], {
    accepted,
    doing: 'Posting',
    failed: 'failed',
    goesOn: `The posts go on; what comes of them: ${look}`,
  });
  const { delivered, failedAgain: failed, pending } = outcome;
  if (output.json) output.document({ accepted, delivered, failed, pending });
  else if (accepted > 0) {
    output.message(
      `Delivered: ${String(delivered)}. Failed: ${String(failed)}.` +
        (pending === 0 ? '' : ` Still on their way: ${String(pending)}.`),
    );
  }
  if (failed > 0) {
    throw new Failure(
      exitCodes.workFailed,
      `What failed, and when it is tried again if it is: ${look}`,
    );
  }
  if (pending > 0) {
    throw new Failure(
      exitCodes.workFailed,
      `No longer waiting. The posts go on; what comes of them: ${look}`,
    );
  }
}
