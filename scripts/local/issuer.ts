import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Engine, RunningEngine } from './engine.ts';
import {
  createKeyRing,
  generateSigningKey,
  publicKeySet,
  readKeyRing,
  rotateKeyRing,
  writeKeyRing,
  type GenerateKey,
  type KeyRing,
} from './key-ring.ts';
import { requireFreePort } from './port.ts';
import { StartError } from './start-error.ts';

/** Twice a day, well above the two hours for which verifiers cache the keys. */
const rotationSeconds = 43_200;

export const issuerEngine: Engine = {
  name: 'token issuer',
  domain: 'core',
  async requirePrerequisites({ ports }) {
    await requireFreePort(
      ports.issuer,
      'token issuer',
      'End what listens there, or choose another: npm start -- --issuer-port <port> (or SEQUITUR_ISSUER_PORT=<port>).',
    );
  },
  async start({ paths, ports }): Promise<RunningEngine> {
    const issuer = await startIssuer({ directory: paths.issuerDirectory, port: ports.issuer });
    return { stack: { issuerUrl: issuer.url }, stop: issuer.stop };
  },
};

export interface IssuerOptions {
  /** Where the keys are kept, so that tokens outlive a restart. */
  readonly directory: string;
  readonly port: number;
  readonly clock?: () => Date;
  readonly generate?: GenerateKey;
}

/**
 * A small OIDC issuer: discovery, key set, and `POST /rotate` for tests. It signs nothing itself:
 * whoever can read its key file mints tokens with it.
 */
export async function startIssuer(
  options: IssuerOptions,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const { directory, port, clock = () => new Date(), generate = generateSigningKey } = options;
  const url = `http://127.0.0.1:${String(port)}`;
  const servedSince = clock();
  let ring = (await readKeyRing(directory)) ?? (await createKeyRing(servedSince, generate));
  await writeKeyRing(directory, ring);

  const rotate = async (): Promise<Answer> => {
    const rotation = await rotateKeyRing(ring, clock(), servedSince, generate);
    if (rotation.outcome === 'too-soon') {
      const possibleAt = rotation.possibleAt.toISOString();
      return { status: 409, body: { error: 'verifiers may not know the next key', possibleAt } };
    }
    await writeKeyRing(directory, rotation.ring);
    ring = rotation.ring;
    return { status: 200, body: { kid: ring.current.kid } };
  };
  const queue = oneAtATime(rotate);
  if (isDue(ring, servedSince)) await queue();
  const timer = setInterval(() => void queue(), rotationSeconds * 1000).unref();

  const server = createServer((request, response) => {
    void answer(request, url, () => ring, queue).then((result) => send(response, result));
  });
  await listen(server, port);
  const stop = async () => {
    clearInterval(timer);
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return { url, stop };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(
  request: IncomingMessage,
  url: string,
  ring: () => KeyRing,
  rotate: () => Promise<Answer>,
): Promise<Answer> {
  switch (`${request.method ?? ''} ${request.url ?? ''}`) {
    case 'GET /.well-known/openid-configuration':
      return { status: 200, body: discovery(url) };
    case 'GET /.well-known/jwks.json':
      return { status: 200, body: publicKeySet(ring()) };
    case 'POST /rotate':
      // A page in a browser of this machine could post here too; it always says where it is from.
      if (request.headers.origin !== undefined) return { status: 403, body: { error: 'no pages' } };
      return rotate().catch((error: unknown) => ({
        status: 500,
        body: { error: error instanceof Error ? error.message : 'rotation failed' },
      }));
    default:
      return { status: 404, body: { error: 'not found' } };
  }
}

function discovery(url: string): Record<string, unknown> {
  return {
    issuer: url,
    jwks_uri: `${url}/.well-known/jwks.json`,
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['sequitur/admin'],
  };
}

function isDue(ring: KeyRing, now: Date): boolean {
  return new Date(ring.current.activatedAt).getTime() + rotationSeconds * 1000 <= now.getTime();
}

/** Rotations that meet follow each other: each starts from the ring that the one before left. */
function oneAtATime(task: () => Promise<Answer>): () => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
    .end(JSON.stringify(body));
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new StartError(
          `The token issuer cannot listen on port ${String(port)} (${error.message}).`,
          'Choose another: npm start -- --issuer-port <port>.',
        ),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
