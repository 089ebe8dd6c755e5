import {
  isIP,
  type LookupFunction,
  connect as connectTcp,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net';
import { connect as connectTls, createSecureContext, getCACertificates } from 'node:tls';
import type { AllowedTargets } from './allowed-targets.ts';
import { AttemptFailure, connectionFailure, dnsFailure, tlsFailure } from './attempt-failure.ts';
import { addressMistake, hostOf, portOf } from './target-rules.ts';

/** Connects to the host of a URL, or fails with an `AttemptFailure`. */
export type Connect = (url: URL, signal: AbortSignal) => Promise<Socket>;

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

/** Begins a TCP connection. */
export type Dial = (options: TcpNetConnectOpts) => Socket;

/**
 * Connections that lead only where targets may. A name is resolved once, and only its allowed addresses
 * are tried; what decides is the address that the socket is connected to, before any byte is sent.
 */
export function checkedConnect({
  allowed,
  resolve,
  dial = connectTcp,
  ca,
}: {
  allowed: AllowedTargets;
  resolve: Resolve;
  dial?: Dial | undefined;
  /** PEM: authorities that are trusted beside the usual ones. */
  ca?: string | undefined;
}): Connect {
  // Reading the usual ones takes milliseconds: only where there are others, and once.
  const secureContext =
    ca === undefined
      ? undefined
      : createSecureContext({ ca: [...getCACertificates('default'), ca] });

  async function allowedAddresses(url: URL) {
    const host = hostOf(url);
    const addresses = await resolve(host).catch((error: unknown) => {
      throw dnsFailure(host, error);
    });
    const judged = addresses.map((each) => ({
      ...each,
      mistake: addressMistake(url, each.address, allowed),
    }));
    const good = judged.filter(({ mistake }) => mistake === undefined);
    if (good.length > 0) return good;
    throw new AttemptFailure('blocked', judged[0]?.mistake ?? `${host} has no address`);
  }

  async function reach(url: URL, signal: AbortSignal): Promise<Socket> {
    const host = hostOf(url);
    const options: TcpNetConnectOpts = { host, port: portOf(url), noDelay: true };
    if (isIP(host) === 0) {
      const addresses = await unlessAborted(allowedAddresses(url), signal);
      const lookup: LookupFunction = (_host, _options, found) => found(null, [...addresses]);
      Object.assign(options, { lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout });
    }
    const socket = dial(options);
    await settled(socket, 'connect', signal, connectionFailure);
    const mistake = addressMistake(url, socket.remoteAddress ?? '', allowed);
    if (mistake === undefined) return socket;
    socket.destroy();
    throw new AttemptFailure('blocked', mistake);
  }

  async function secure(socket: Socket, url: URL, signal: AbortSignal): Promise<Socket> {
    const host = hostOf(url);
    const secured = connectTls({
      socket,
      host,
      // RFC 6066: the name that is asked for is never an address.
      ...(isIP(host) === 0 && { servername: host }),
      ...(secureContext && { secureContext }),
      ALPNProtocols: ['http/1.1'],
    });
    await settled(secured, 'secureConnect', signal, (error) => tlsFailure(host, error));
    return secured;
  }

  return async (url, signal) => {
    const socket = await reach(url, signal);
    return url.protocol === 'https:' ? secure(socket, url, signal) : socket;
  };
}

/** Milliseconds until the next address of a name is tried; the default is too short for far ones. */
const autoSelectFamilyAttemptTimeout = 1_000;

/** Waits for a socket's event; an error, its end or an abort before destroys it. */
function settled(
  socket: Socket,
  event: string,
  signal: AbortSignal,
  failure: (error: unknown) => AttemptFailure,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort);
      socket.off('close', onClose);
      if (error === undefined) resolve();
      else {
        socket.destroy();
        reject(signal.aborted ? abortReason(signal) : failure(error));
      }
    };
    const onAbort = () => done(signal.reason);
    const onClose = () => done(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once(event, () => done());
    // Stays: an error after an abort, or beside the one that was told, must not end the process.
    socket.on('error', done);
    socket.on('close', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortReason(signal));
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function abortReason(signal: AbortSignal): Error {
  return connectionFailure(signal.reason);
}
