import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localPaths } from '../local/paths.ts';
import {
  emulatorRequirements,
  ensurePythonEnvironment,
  testRequirements,
} from '../local/python-env.ts';
import { runTool } from '../local/run-tool.ts';
import { describeError } from '../local/start-error.ts';
import { mintToken } from '../local/token.ts';
import { startHeldStack } from './held-stack.ts';
import { countsLine, type Counts } from './counts.ts';
import { junitCounts } from './junit-counts.ts';

/** For each token; with both and the stack's start it stays below two minutes. */
const seconds = 45;

/**
 * Beyond no 5xx and no undocumented status: what the document refuses must be refused, answers must
 * have the documented form, and nothing may be had without a token. Not `positive_data_acceptance`:
 * rules between fields (nobody follows itself) are none that a schema can say.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
];

const callers = [
  { name: 'a user', request: { sub: 'fuzzer' } },
  { name: 'an administrator', request: { sub: 'operator', admin: true } },
];

const paths = localPaths({ SEQUITUR_LOCAL_DIR: '.local/fuzz' });
const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interruption.abort());
}

/** Lets schemathesis loose on a fresh stack, once as a user and once as an administrator. */
async function fuzz(): Promise<Counts> {
  const programs = await ensurePythonEnvironment({
    directory: paths.pythonEnvironment,
    requirements: [emulatorRequirements, testRequirements],
    signal: interruption.signal,
  });
  const { stack, end } = await startHeldStack(paths);
  const total = { passed: 0, failed: 0 };
  try {
    for (const { name, request } of callers) {
      if (interruption.signal.aborted) break;
      process.stdout.write(`\n== fuzzing as ${name}\n`);
      const report = join(paths.directory, `${request.sub}.xml`);
      const { outcome } = await runTool(
        join(programs, 'schemathesis'),
        [
          'run',
          `${stack.apiUrl}/v1/openapi.json`,
          `--url=${stack.apiUrl}`,
          `--header=Authorization: Bearer ${await mintToken(request, paths)}`,
          `--checks=${checks.join(',')}`,
          `--max-time=${String(seconds)}`,
          '--request-timeout=30',
          '--warnings=off',
          '--no-color',
          '--report=junit',
          `--report-junit-path=${report}`,
        ],
        {
          workingDirectory: paths.directory,
          environment: { ...process.env, TMPDIR: paths.temporaryDirectory },
          timeoutMilliseconds: 2 * seconds * 1000,
          signal: interruption.signal,
          onLine: (line) => process.stdout.write(`${line}\n`),
        },
      );
      const xml = await readFile(report, 'utf8').catch(() => '');
      const { passed, failed } = junitCounts(xml);
      total.passed += passed;
      total.failed += outcome === 'done' && passed > 0 ? failed : Math.max(failed, 1);
    }
  } finally {
    await end();
  }
  return total;
}

let counts: Counts;
try {
  counts = await fuzz();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  counts = { passed: 0, failed: 1 };
}
process.stdout.write(`${countsLine(counts)}\n`);
process.exitCode = interruption.signal.aborted ? 130 : Math.min(counts.failed, 1);
