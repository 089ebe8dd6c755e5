import type { SynthesisedStack } from './cloud-assembly.ts';
import { loadContentSample } from './content-sample.ts';
import { deploy, synthesise, type Deployment } from './deploy.ts';
import type { Domain, Engine, EngineContext, RunningEngine } from './engine.ts';
import { applyIgnoredSettings } from './ignored-settings.ts';
import { readKeyRing } from './key-ring.ts';
import type { LocalPaths } from './paths.ts';
import { runOptionalStep, runStep, type Report } from './progress.ts';
import { putTargetSecrets } from './push-targets.ts';
import { loadOnce, sampleMark } from './sample-mark.ts';
import { loadSample } from './sample.ts';
import { stackFileSchema, writeJsonAtomically, type StackFile } from './stack-file.ts';
import { StartError } from './start-error.ts';
import { signToken, tokenClaims, type TokenRequest } from './token.ts';

export interface StackOptions {
  readonly paths: LocalPaths;
  readonly environment: NodeJS.ProcessEnv;
  readonly ports: EngineContext['ports'];
  readonly settings: Readonly<Record<string, string>>;
  readonly report: Report;
  /** Gives up starting; what runs by then is for `stop` to end. */
  readonly signal: AbortSignal;
}

export const applicationSteps = [
  'Synthesis',
  'Deployment',
  'Settings',
  'Secrets',
  'Sample',
] as const;

export interface StartedEngine {
  readonly engine: Engine;
  readonly running: RunningEngine;
}

/**
 * Starts each engine in turn. One that cannot run here takes its domain out; without the core
 * there is no stack, and that throws.
 * @param onStarted is told of each engine at once, so that it can be ended whatever comes later
 */
export async function startEngines(
  engines: readonly Engine[],
  options: StackOptions,
  onStarted: (started: StartedEngine) => Promise<void>,
): Promise<Set<Domain>> {
  const leftOut = new Set<Domain>();
  for (const engine of engines) {
    options.signal.throwIfAborted();
    await runOptionalStep(options.report, engine.name, async (note) => {
      const context = { ...options, report: note };
      try {
        await engine.requirePrerequisites(context);
      } catch (error) {
        if (engine.domain === 'core' || !(error instanceof StartError)) throw error;
        leftOut.add(engine.domain);
        return `no ${engine.domain} without it: ${error.message} ${error.remedy}`;
      }
      await onStarted({ engine, running: await engine.start(context) });
      return undefined;
    });
  }
  return leftOut;
}

/**
 * Brings the application on running engines to the state of the code: builds, deploys, sets what
 * the emulator ignores, loads the sample into new data, and writes the stack's description. Keeps all data.
 */
export async function bringUpApplication(
  options: StackOptions,
  offered: Partial<StackFile>,
  leftOut: ReadonlySet<Domain>,
): Promise<StackFile> {
  const { paths, settings, report, signal } = options;
  const engineOffer = stackFileSchema.omit({ apiUrl: true }).parse(offered);
  const deployment: Deployment = {
    ...engineOffer,
    paths,
    settings,
    signal,
    leftOut: [...leftOut],
  };
  const stacks = await runStep(report, 'Synthesis', () => synthesise(deployment));
  const apiUrl = await runStep(report, 'Deployment', (note) => deploy(deployment, stacks, note));
  await runStep(report, 'Settings', () => applyIgnoredSettings(engineOffer, stacks));
  await runOptionalStep(report, 'Secrets', async () => {
    if (leftOut.has('push')) return 'they are those of the push domain';
    await putTargetSecrets(engineOffer, engineOffer);
    return undefined;
  });
  const stack = { apiUrl, ...engineOffer };
  await runOptionalStep(report, 'Sample', () => loadSampleOrSayWhyNot(stack, stacks, paths));
  signal.throwIfAborted();
  // It holds passwords.
  await writeJsonAtomically(paths.stackFile, stack, 0o600);
  return stack;
}

/** An application that refuses its sample is broken, but a running stack is how one finds out why. */
async function loadSampleOrSayWhyNot(
  stack: StackFile,
  stacks: readonly SynthesisedStack[],
  paths: LocalPaths,
): Promise<string | undefined> {
  const stackOf = (domain: Domain) => stacks.find(({ name }) => name.endsWith(`-${domain}`));
  const social = stackOf('social');
  const push = stackOf('push');
  const ring = await readKeyRing(paths.issuerDirectory);
  if (ring === undefined) return 'it needs the token issuer';
  const tokenOf = (request: TokenRequest) =>
    signToken(tokenClaims(request, stack.issuerUrl, new Date()), ring.current);
  const target = { apiUrl: stack.apiUrl, tokenOf, convos: stackOf('convos') !== undefined };
  try {
    if (social !== undefined) await loadOnce(sampleMark(stack, social), () => loadSample(target));
    if (push !== undefined) {
      await loadOnce(sampleMark(stack, push), () => loadContentSample(target));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return `${error.message} ${error.remedy}`;
  }
}
