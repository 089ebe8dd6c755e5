import { isIP } from 'node:net';
import { addressFault, embeddedAddress } from './address-rules.ts';
import type { AllowedTargets } from './allowed-targets.ts';

/**
 * What is wrong with a target as far as its text tells, in words for who set it; names are judged when
 * they are resolved, at each post.
 */
export function targetMistake(target: string, allowed: AllowedTargets): string | undefined {
  // A URL parser drops or turns these silently: what is stored would not be what is posted to.
  if (/[\s\\\p{Cc}]/u.test(target)) return 'must have no spaces, line breaks or backslashes';
  const url = URL.parse(target);
  if (url === null) return 'must be a URL, such as https://example.org/webhooks';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  // `https:example.org` and the like are taken for URLs, too.
  if (!/^https?:\/\/[^/]/i.test(target)) return 'must begin with https:// and the name of a host';
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(target)) {
    return 'must have no user name or password: verify the signature instead';
  }
  if (target.includes('#')) return 'must have no fragment (#...): it is never sent';
  const host = hostOf(url);
  if (isIP(host) !== 0) return addressMistake(url, host, allowed);
  if (host.endsWith('.') || host.startsWith('.') || host.includes('..')) {
    return 'must name a host without a dot at its beginning or end';
  }
  if (isLocalhost(host)) {
    return addressMistake(url, '::1', allowed) && addressMistake(url, '127.0.0.1', allowed);
  }
  return nameMistake(url, allowed);
}

/**
 * What is wrong with posting to a URL by an address, a name's or its own, in words that can stand in an
 * attempt.
 */
export function addressMistake(
  url: URL,
  address: string,
  allowed: AllowedTargets,
): string | undefined {
  const port = portOf(url);
  if (isListed(address, port, allowed)) return undefined;
  const fault = addressFault(address);
  if (fault !== undefined) {
    return address === hostOf(url)
      ? `${address} is ${fault}: targets must be public`
      : `${hostOf(url)} resolves to ${address}, ${fault}: targets must be public`;
  }
  return schemeMistake(url) ?? portMistake(port);
}

/** Host of a URL, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Port of an http or https URL, its scheme's own where it names none. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** A listed address that carries another one in it must lead to an allowed one by that, too. */
function isListed(address: string, port: number, allowed: AllowedTargets): boolean {
  if (!allowed.lists(address, port)) return false;
  const embedded = embeddedAddress(address);
  return (
    embedded === undefined || addressFault(embedded) === undefined || allowed.lists(embedded, port)
  );
}

/** A name may resolve to an address that is listed for its port. */
function nameMistake(url: URL, allowed: AllowedTargets): string | undefined {
  const port = portOf(url);
  return allowed.listsPort(port) ? undefined : (schemeMistake(url) ?? portMistake(port));
}

function schemeMistake(url: URL): string | undefined {
  return url.protocol === 'https:' ? undefined : 'http targets are refused: use https';
}

function portMistake(port: number): string | undefined {
  return port === 443 || port === 80 || (port >= 8_000 && port <= 9_999)
    ? undefined
    : `port ${port} is refused: use 443, 80 or one of 8000-9999`;
}

/** RFC 6761: also each name below it. */
function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}
