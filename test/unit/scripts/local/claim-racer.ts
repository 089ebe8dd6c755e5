import { localPaths } from '../../../../scripts/local/paths.ts';
import { claimRun, releaseRun } from '../../../../scripts/local/run-record.ts';

/** Claims the stack of the folder in its argument at the millisecond that it is told. */
const paths = localPaths({}, process.argv[2]);

async function obey(message: unknown): Promise<string> {
  if (typeof message !== 'object' || message === null || !('claimAt' in message)) {
    await releaseRun(paths);
    return 'released';
  }
  while (Date.now() < Number(message.claimAt)) {
    // Sleeping would wake the two at different times.
  }
  return claimRun(paths, false).then(
    () => 'claimed',
    () => 'refused',
  );
}

process.on('message', (message) => void obey(message).then((outcome) => process.send?.(outcome)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
