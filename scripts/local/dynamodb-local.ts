import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localPaths, type LocalPaths } from './paths.ts';
import { findFreePort } from './port.ts';
import { startProcessGroup } from './process-group.ts';
import { runTool } from './run-tool.ts';
import { StartError } from './start-error.ts';
import { answers, untilReady } from './until-ready.ts';

/** 3.3.1 depends on something that Maven Central does not hold. */
const version = '3.1.0';
const oldestJava = 17;

export interface DynamoDbLocal {
  readonly endpoint: string;
  /** Ends it; its tables live in memory and go with it. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts DynamoDB Local in memory on a free loopback port, fetching it through Maven when this
 * clone has not got it (48 MB). Any credentials do; tables are per region and access key.
 */
export async function startDynamoDbLocal(
  paths: LocalPaths = localPaths(),
  report: (progress: string) => void = () => undefined,
): Promise<DynamoDbLocal> {
  await requireJava();
  const libraries = await fetchLibraries(paths, report);
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const temporary = join(paths.engineDirectory, 'dynamodb-local', `run-${String(port)}`);
  const logFile = join(temporary, 'output.log');
  await mkdir(temporary, { recursive: true });
  const group = await startProcessGroup({
    name: 'DynamoDB Local',
    command: 'java',
    args: [
      // Without it each JVM leaves a file under the system's temporary folder while it runs.
      '-XX:-UsePerfData',
      `-Djava.io.tmpdir=${temporary}`,
      `-Djava.library.path=${libraries}`,
      '-cp',
      join(libraries, '*'),
      join(import.meta.dirname, 'DynamoDbLocalOnLoopback.java'),
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    environment: { PATH: process.env['PATH'] ?? '', HOME: temporary, TMPDIR: temporary },
    workingDirectory: temporary,
    logFile,
  });
  const stop = async () => {
    await group.stop();
    await rm(temporary, { recursive: true, force: true });
  };
  // It refuses an unsigned request, and so shows that it is up.
  const isReady = () => answers(endpoint);
  await untilReady({ name: 'DynamoDB Local', group, logFile, isReady });
  return { endpoint, stop };
}

/** Throws a `StartError` with the remedy when Java is missing or too old. */
export async function requireJava(command = 'java'): Promise<void> {
  const remedy = `Install Java ${String(oldestJava)} or later (Debian: apt install openjdk-17-jdk-headless).`;
  const { outcome, output } = await runTool(command, ['-XX:-UsePerfData', '-version']);
  if (outcome === 'missing') throw new StartError('Java is missing.', remedy);
  const found = /version "(?<major>\d+)/u.exec(output)?.groups?.['major'];
  if (outcome !== 'done' || found === undefined) {
    throw new StartError(`Java does not run: ${output.trim()}`, remedy);
  }
  if (Number(found) < oldestJava) throw new StartError(`Java ${found} is too old.`, remedy);
}

async function fetchLibraries(
  paths: LocalPaths,
  report: (progress: string) => void,
): Promise<string> {
  const directory = join(paths.engineDirectory, 'dynamodb-local', version);
  const marker = join(directory, 'complete');
  if ((await readFile(marker, 'utf8').catch(() => '')) === version) return directory;
  report(`fetching DynamoDB Local ${version} through Maven`);
  // Apart, then renamed: a fetch that was cut off never looks like a whole one.
  const draft = `${directory}.${String(process.pid)}.new`;
  await mkdir(draft, { recursive: true });
  try {
    await writeFile(join(draft, 'pom.xml'), projectFile);
    const { outcome, output } = await runTool(
      'mvn',
      ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`],
      {
        workingDirectory: draft,
        environment: { ...process.env, MAVEN_OPTS: '-XX:-UsePerfData' },
      },
    );
    if (outcome === 'missing') {
      throw new StartError('Maven is missing.', 'Install it (Debian: apt install maven).');
    }
    if (outcome !== 'done') {
      throw new StartError(
        `Maven could not fetch DynamoDB Local:\n${output.trim().split('\n').slice(0, 6).join('\n')}`,
        'Check the connection to Maven Central, then run the command again.',
      );
    }
    await writeFile(join(draft, 'complete'), version);
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return directory;
}

const projectFile = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sequitur</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
