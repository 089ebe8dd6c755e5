import { parseArgs } from 'node:util';
import { localSettings } from './local-settings.ts';
import { StartError } from './start-error.ts';

const localOnes = Object.entries(localSettings).map((setting) => setting.join('='));

export const startUsage = `Usage: npm start -- [options]
  --detach              leave the stack running and return; npm stop ends it
  --set <name>=<value>  override a setting, as in --set timelines.keep=500; repeatable
                        (${localOnes.join(', ')} unless overridden)
  --port <port>         of the AWS emulator (or SEQUITUR_PORT), 4566 by default
  --issuer-port <port>  of the token issuer (or SEQUITUR_ISSUER_PORT), 4567 by default
  --help                this text
With AWS_ENDPOINT_URL set, that endpoint is used and no emulator started. SFTP_URL, with the
fingerprint of its host key in SFTP_HOST_KEY, and FTP_URL do the same for partners' servers; they
hold user and password.`;

const defaultPorts = { emulator: 4566, issuer: 4567 };

export interface StartArguments {
  readonly detach: boolean;
  readonly help: boolean;
  readonly ports: { readonly emulator: number; readonly issuer: number };
  /** Those that the caller named, by option or variable; the others have their defaults. */
  readonly chosenPorts: { readonly emulator?: number; readonly issuer?: number };
  /** Settings by their dotted names. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Reads the arguments of `npm start`; an option goes before its environment variable. */
export function parseStartArguments(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): StartArguments {
  const values = parse(args);
  const emulator = values.port ?? environment['SEQUITUR_PORT'];
  const issuer = values['issuer-port'] ?? environment['SEQUITUR_ISSUER_PORT'];
  const chosenPorts = {
    ...(emulator !== undefined && { emulator: parsePort(emulator, '--port (SEQUITUR_PORT)') }),
    ...(issuer !== undefined && {
      issuer: parsePort(issuer, '--issuer-port (SEQUITUR_ISSUER_PORT)'),
    }),
  };
  const ports = { ...defaultPorts, ...chosenPorts };
  if (ports.emulator === ports.issuer) {
    throw new StartError('The emulator and the issuer need a port each.', startUsage);
  }
  return {
    detach: values.detach ?? false,
    help: values.help ?? false,
    ports,
    chosenPorts,
    settings: Object.fromEntries((values.set ?? []).map(parseSetting)),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        detach: { type: 'boolean' },
        help: { type: 'boolean' },
        set: { type: 'string', multiple: true },
        port: { type: 'string' },
        'issuer-port': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'Bad arguments.', startUsage);
  }
}

function parsePort(text: string, source: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/u.test(text) || port < 1 || port > 65_535) {
    throw new StartError(`${source} takes a port from 1 to 65535, not ${text}.`, startUsage);
  }
  return port;
}

function parseSetting(text: string): [string, string] {
  const match = /^(?<name>[A-Za-z]+(?:\.[A-Za-z]+)+)=(?<value>.*)$/su.exec(text);
  const { name, value } = match?.groups ?? {};
  if (name === undefined || value === undefined) {
    throw new StartError(`--set takes <name>.<name>=<value>, not ${text}.`, startUsage);
  }
  return [name, value];
}
