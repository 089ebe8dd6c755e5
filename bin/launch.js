#!/usr/bin/env node
// Plain JavaScript, because it must also run where Node is too old for TypeScript: there it hands
// over to the Node that `npm ci` installed with the project.
/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-assignment, typescript/no-unsafe-argument -- the type check covers TypeScript only */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
const root = fileURLToPath(new URL('..', import.meta.url));
const entry = join(root, 'bin', 'sequitur.ts');
const projectNode = join(root, 'node_modules', '.bin', 'node');

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  const { main } = await import('./sequitur.ts');
  await main();
} else if (existsSync(projectNode)) {
  handOver();
} else {
  process.stderr.write(
    `sequitur needs Node ${neededMajor}, this is ${process.version}.\n` +
      `Run "npm ci" in ${root} (it installs Node ${neededMajor} beside the project), or update Node.\n`,
  );
  process.exitCode = 2;
}

function handOver() {
  const child = spawn(projectNode, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; the child decides what it means, this process only waits.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => {
    child.kill('SIGTERM');
  });
  child.on('error', (error) => {
    process.stderr.write(`${projectNode} does not start: ${error.message}. Run "npm ci" again.\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}
