import { describe, expect, test } from '@jest/globals';
import type { Domain, Engine } from '../../../../scripts/local/engine.ts';
import { localPaths } from '../../../../scripts/local/paths.ts';
import type { ProgressEvent } from '../../../../scripts/local/progress.ts';
import { startEngines } from '../../../../scripts/local/stack.ts';
import { StartError } from '../../../../scripts/local/start-error.ts';

function engine(name: string, domain: Domain, missing?: Error): Engine {
  return {
    name,
    domain,
    requirePrerequisites: () => (missing ? Promise.reject(missing) : Promise.resolve()),
    start: () => Promise.resolve({ stack: {}, stop: () => Promise.resolve() }),
  };
}

async function started(engines: readonly Engine[]) {
  const events: ProgressEvent[] = [];
  const names: string[] = [];
  const options = {
    paths: localPaths(),
    environment: {},
    ports: { emulator: 1, issuer: 2 },
    settings: {},
    report: (event: ProgressEvent) => events.push(event),
    signal: new AbortController().signal,
  };
  const leftOut = await startEngines(engines, options, ({ engine: { name } }) => {
    names.push(name);
    return Promise.resolve();
  });
  return { leftOut: [...leftOut], names, events };
}

const noJava = new StartError('Java is missing.', 'Install Java.');

describe('starting the engines', () => {
  test('leaves out only the domain whose engine cannot run, and says why', async () => {
    const { leftOut, names, events } = await started([
      engine('emulator', 'core'),
      engine('search', 'feeds', noJava),
      engine('sftp', 'push'),
    ]);
    expect(leftOut).toEqual(['feeds']);
    expect(names).toEqual(['emulator', 'sftp']);
    const ends = events.filter(({ step }) => step === 'search').map(({ state }) => state);
    expect(ends).toEqual(['begun', 'left-out']);
    expect(events.find(({ state }) => state === 'left-out')?.text).toBe(
      'no feeds without it: Java is missing. Install Java.',
    );
  });

  test('fails when the core cannot run', async () => {
    await expect(started([engine('emulator', 'core', noJava)])).rejects.toBe(noJava);
  });

  test('does not take a mistake in an engine for a missing prerequisite', async () => {
    const mistake = new TypeError('undefined is not a function');
    await expect(started([engine('search', 'feeds', mistake)])).rejects.toBe(mistake);
  });
});
