import { join } from 'node:path';
import { localPaths } from '../../../scripts/local/paths.ts';
import { runTool } from '../../../scripts/local/run-tool.ts';

/** Deploys the stack under test again with these settings, all others at their defaults; keeps its data. */
export async function deployWith(settings: Record<string, string>): Promise<void> {
  const { root } = localPaths();
  const { outcome, output } = await runTool(process.execPath, [
    join(root, 'scripts', 'local', 'start.ts'),
    ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
  ]);
  if (outcome !== 'done') throw new Error(`the stack was not deployed again: ${output}`);
}
