import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  definePushSender,
  type Connection,
  type Credentials,
  type Destination,
  type OutgoingFile,
} from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import { hostOf, inWords } from './failure-words.ts';
import { fileBytes } from './file-bytes.ts';
import { fileSegments } from './remote-place.ts';
import { abortion, whileAlive } from './silence.ts';

/** Of an answer that explains a refusal. */
const quotedCharacters = 200;

/**
 * PUT of each file below the target's URL; its query goes along. A 2xx means that the file is there:
 * HTTP has no temporary names and no sizes to compare. Redirects are refusals. `user` and `password` of
 * the secret are Basic, `password` alone is a Bearer token.
 */
export const httpsSender = definePushSender({
  scheme: 'https',
  connect(destination): Promise<Connection> {
    const { url, ca } = destination;
    const authorization = authorizationOf(destination);
    const agent = new Agent({
      keepAlive: true,
      // Each file under way has a connection, and a target's `concurrency` counts them.
      maxSockets: 1,
      ...(ca === undefined ? {} : { ca }),
    });
    return Promise.resolve({
      put: async (file) => {
        try {
          await put(agent, authorization, destination, file);
        } catch (error) {
          throw inWords(url, error);
        }
      },
      close: () => {
        agent.destroy();
        return Promise.resolve();
      },
    });
  },
});

async function put(
  agent: Agent,
  authorization: string | undefined,
  destination: Destination,
  file: OutgoingFile,
): Promise<void> {
  const { url } = destination;
  const end = new AbortController();
  await whileAlive(
    destination,
    (why) => end.abort(why),
    async (alive) => {
      const asked = request(urlOf(url, file.path), {
        method: 'PUT',
        agent,
        headers: {
          'content-length': String(file.size),
          'content-type': 'application/octet-stream',
          ...(authorization === undefined ? {} : { authorization }),
        },
      });
      const answered = Promise.withResolvers<IncomingMessage>();
      asked.on('response', answered.resolve);
      asked.on('error', answered.reject);
      end.signal.addEventListener('abort', () => asked.destroy(abortion(end.signal)));
      const sent = pipeline(Readable.from(watched(fileBytes(file, destination), alive)), asked);
      // A server may refuse before it has read everything, so its answer counts more than the sending.
      sent.catch(answered.reject);
      const answer = await answered.promise;
      alive();
      const status = answer.statusCode ?? 0;
      const text = await quoted(answer);
      if (status >= 200 && status < 300) {
        await sent;
        return;
      }
      asked.destroy();
      throw refusal(url, status, answer.headers.location, text);
    },
  );
}

function refusal(url: URL, status: number, location: string | undefined, text: string): Error {
  const elsewhere = location === undefined ? '' : ` to ${location}`;
  const message = `HTTP ${String(status)}${elsewhere}${text}`;
  return status === 401 ? new PermanentError(`${hostOf(url)}: ${message}`) : new Error(message);
}

/** A server that takes bytes lives. */
async function* watched(bytes: AsyncIterable<Buffer>, alive: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    alive();
    yield chunk;
  }
  alive();
}

function urlOf(url: URL, path: string): URL {
  const segments = fileSegments(path).map((each) => encodeURIComponent(each));
  const whole = new URL(url);
  whole.pathname = `${url.pathname.replace(/\/$/, '')}/${segments.join('/')}`;
  return whole;
}

function authorizationOf({ url, credentials }: Destination): string | undefined {
  const { user, password }: Credentials = credentials;
  if (password === undefined) {
    if (user === undefined) return undefined;
    throw new PermanentError(`${hostOf(url)}: the target's secret needs a 'password'`);
  }
  if (user === undefined) return `Bearer ${password}`;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** The beginning of an answer's text, in one line; the rest is read away. */
async function quoted(answer: IncomingMessage): Promise<string> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) {
    if (text.length <= quotedCharacters) text += String(chunk);
  }
  const line = text.replaceAll(/\s+/g, ' ').trim().slice(0, quotedCharacters);
  return line === '' ? '' : `: ${line}`;
}
