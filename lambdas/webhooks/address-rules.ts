import ipaddr from 'ipaddr.js';

/**
 * Why an address is none that everybody can reach, in words that follow `is`; nothing for public ones.
 * The ranges are those of IANA's special-purpose registries (RFC 6890). An IPv6 address that stands for
 * an IPv4 one is no public one, but for mapped ones, which are judged as what they stand for: a gateway
 * would carry a post to wherever the IPv4 address lies.
 */
export function addressFault(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'no valid address';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return rangeFault(parsed.range());
  const fault = ipv6Fault(parsed);
  const embedded = embeddedAddress(parsed);
  const inner = embedded === undefined ? undefined : addressFault(embedded);
  if (embedded === undefined || inner === undefined) return fault;
  return `${fault ?? 'an address with another one in it'}: it stands for ${embedded}, ${inner}`;
}

/** The IPv4 address that an IPv6 address carries in it for a gateway or tunnel. */
export function embeddedAddress(address: string | ipaddr.IPv6): string | undefined {
  const parsed = typeof address === 'string' ? ipaddr.process(address) : address;
  if (parsed instanceof ipaddr.IPv4) return undefined;
  const bytes = parsed.toByteArray();
  const ipv4 = (from: number, mask = 0) =>
    bytes
      .slice(from, from + 4)
      .map((byte) => byte ^ mask)
      .join('.');
  const range: string = parsed.range();
  if (range === '6to4') return ipv4(2);
  // RFC 4380: the client's address with all bits turned.
  if (range === 'teredo') return ipv4(12, 0xff);
  return translated.has(range) || isCompatible(parsed) || isIsatap(bytes) ? ipv4(12) : undefined;
}

/** Ranges whose last four bytes are the IPv4 address (RFC 4291, RFC 6145, RFC 6052). */
const translated: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6145', 'rfc6052']);

const reserved = 'a reserved address';

/** By ipaddr.js's names of ranges; others than these are reserved ones. */
const faults: ReadonlyMap<string, string> = new Map([
  ['unspecified', 'an unspecified address'],
  ['broadcast', 'the broadcast address'],
  ['multicast', 'a multicast address'],
  ['linkLocal', 'a link-local address'],
  ['loopback', 'a loopback address'],
  ['carrierGradeNat', 'an address of shared networks (CGNAT)'],
  ['private', 'a private address'],
  ['uniqueLocal', 'a private address'],
  ['deprecatedSiteLocal', 'a site-local address'],
  ['ipv4Mapped', 'a mapped IPv4 address'],
  ['rfc6145', 'a translated IPv4 address'],
  ['rfc6052', 'a NAT64 address'],
  ['6to4', 'a 6to4 address'],
  ['teredo', 'a Teredo address'],
  ['discard', 'an address that discards all'],
]);

function rangeFault(range: string): string | undefined {
  return range === 'unicast' ? undefined : (faults.get(range) ?? reserved);
}

/** IPv6's public addresses lie in 2000::/3; what else has no name of its own is reserved (RFC 4291). */
function ipv6Fault(address: ipaddr.IPv6): string | undefined {
  const fault = rangeFault(address.range());
  if (fault !== undefined || address.match(globalUnicast, 3)) return fault;
  return isCompatible(address) ? 'an IPv4-compatible address' : reserved;
}

const globalUnicast = ipaddr.IPv6.parse('2000::');
const compatible = ipaddr.IPv6.parse('::');

/** RFC 4291, 2.5.5.1: `::` and an IPv4 address; long given up. */
function isCompatible(address: ipaddr.IPv6): boolean {
  return address.range() === 'unicast' && address.match(compatible, 96);
}

/** RFC 5214: an interface identifier of 0000:5efe or 0200:5efe and the IPv4 address. */
function isIsatap(bytes: readonly number[]): boolean {
  return (
    ((bytes[8] ?? 0) & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
  );
}
