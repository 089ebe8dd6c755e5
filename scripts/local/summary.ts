import type { LocalPaths } from './paths.ts';
import { sampleUsers } from './sample.ts';
import type { PartnerServer, StackFile } from './stack-file.ts';
import { mintToken } from './token.ts';

/** What a newcomer needs next: where everything is, and two tokens to call it with. */
export async function describeStack(stack: StackFile, paths: LocalPaths): Promise<string> {
  const [user] = sampleUsers;
  const { apiUrl, issuerUrl, awsEndpoint, region, couchdbUrl, opensearchUrl } = stack;
  const places = {
    API: apiUrl,
    OpenAPI: `${apiUrl}/v1/openapi.json`,
    Issuer: issuerUrl,
    AWS: `${awsEndpoint} (${region})`,
    CouchDB: couchdbUrl,
    OpenSearch: opensearchUrl,
    SFTP: stack.sftp && placeOf(stack.sftp),
    FTP: stack.ftp && placeOf(stack.ftp),
    TCP: stack.tcp && `${stack.tcp.host}:${String(stack.tcp.port)}`,
    Console: stack.consoleUrl,
    Described: paths.stackFile,
  };
  const lines = Object.entries(places).flatMap(([name, place]) =>
    place === undefined ? [] : [`  ${name.padEnd(11)}${place}`],
  );
  return [
    'Sequitur is running.',
    ...lines,
    '',
    `Token of ${user} (an hour; more with npm run -s token -- ${user}):`,
    await mintToken({ sub: user }, paths),
    'Token of an administrator (an hour; more with npm run -s token -- operator --admin):',
    await mintToken({ sub: 'operator', admin: true }, paths),
    '',
  ].join('\n');
}

function placeOf({ host, port, root }: PartnerServer): string {
  const address = `${host}:${String(port)}`;
  return root === undefined ? address : `${address} (uploads in ${root})`;
}
