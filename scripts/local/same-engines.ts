import { presetEndpoint } from './emulator.ts';
import { presetServer } from './preset-server.ts';
import type { StackFile } from './stack-file.ts';
import type { StartArguments } from './start-arguments.ts';
import { StartError } from './start-error.ts';

/**
 * Refuses to bring a running stack up to date when the caller asks for engines elsewhere: they run
 * on where they are. What the caller leaves to its default differs from nothing.
 */
export function requireSameEngines(
  running: Pick<StackFile, 'awsEndpoint' | 'issuerUrl' | 'sftp' | 'ftp'>,
  { chosenPorts }: Pick<StartArguments, 'chosenPorts'>,
  environment: NodeJS.ProcessEnv,
): void {
  const preset = presetEndpoint(environment);
  // As when starting, a preset endpoint goes before the emulator's port.
  const emulator = preset ?? loopbackUrl(chosenPorts.emulator);
  const asked = [
    {
      name: preset === undefined ? '--port (SEQUITUR_PORT)' : 'AWS_ENDPOINT_URL',
      wanted: emulator,
      actual: running.awsEndpoint,
    },
    {
      name: '--issuer-port (SEQUITUR_ISSUER_PORT)',
      wanted: loopbackUrl(chosenPorts.issuer),
      actual: running.issuerUrl,
    },
    {
      name: 'SFTP_URL',
      wanted: presetServer(environment, 'SFTP_URL')?.url,
      actual: running.sftp?.url,
    },
    {
      name: 'FTP_URL',
      wanted: presetServer(environment, 'FTP_URL')?.url,
      actual: running.ftp?.url,
    },
  ];
  const differences = asked.flatMap(({ name, wanted, actual }) =>
    wanted === undefined || wanted === actual
      ? []
      : [
          `${name} asks for ${wanted}, but the running stack ${actual === undefined ? 'goes without' : `is at ${actual}`}.`,
        ],
  );
  if (differences.length > 0) {
    throw new StartError(
      differences.join('\n'),
      'To move it: npm stop first, then start it again.',
    );
  }
}

function loopbackUrl(port: number | undefined): string | undefined {
  return port === undefined ? undefined : `http://127.0.0.1:${String(port)}`;
}
