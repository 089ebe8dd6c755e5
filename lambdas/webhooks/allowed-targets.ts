import ipaddr from 'ipaddr.js';

/**
 * One entry of the setting `webhooks.allowTargets`: a CIDR, a colon, and `*` or ports and ranges of
 * ports with commas between.
 */
export const allowedTargetPattern =
  /^([0-9a-fA-F.:]+\/\d{1,3}):(\*|\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*)$/;

/** Addresses and ports beyond the public ones that targets may have. */
export interface AllowedTargets {
  /** Whether an address is listed for a port. Mapped IPv4 addresses count as IPv4. */
  lists(address: string, port: number): boolean;
  /** Whether any address is listed for a port: a name might resolve to it. */
  listsPort(port: number): boolean;
}

/** Reads the setting's entries, which have no mistakes. */
export function parseAllowedTargets(entries: readonly string[]): AllowedTargets {
  const listed = entries.map((entry) => {
    const [cidr = '', ports = ''] = partsOf(entry);
    return { cidr: ipaddr.parseCIDR(cidr), ports: parsePorts(ports) };
  });
  const withPort = (port: number) =>
    listed.filter(({ ports }) => ports.some(([from, to]) => from <= port && port <= to));
  return {
    lists(address, port) {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      return withPort(port).some(
        ({ cidr: [network, bits] }) =>
          parsed.kind() === network.kind() && parsed.match(network, bits),
      );
    },
    listsPort: (port) => withPort(port).length > 0,
  };
}

/** What is wrong with an entry that has the pattern. */
export function allowedTargetMistake(entry: string): string | undefined {
  const [cidr = '', ports = ''] = partsOf(entry);
  if (!ipaddr.isValidCIDR(cidr)) return `${cidr} is not a CIDR`;
  const [network, bits] = ipaddr.parseCIDR(cidr);
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress()) {
    return `${cidr}: write mapped addresses as IPv4`;
  }
  const first = networkOf(cidr, network.kind());
  if (!network.match(first, first.kind() === 'ipv4' ? 32 : 128)) {
    return `${cidr} has bits beyond its mask: write ${first.toString()}/${bits}`;
  }
  for (const [from, to] of parsePorts(ports)) {
    if (from > to) return `ports ${from}-${to} run backwards`;
    if (from < 1 || to > maxPort) return `a port is a number from 1 to ${maxPort}`;
  }
  return undefined;
}

const maxPort = 65_535;

function partsOf(entry: string): readonly string[] {
  return allowedTargetPattern.exec(entry)?.slice(1) ?? [];
}

function parsePorts(ports: string): [number, number][] {
  if (ports === '*') return [[1, maxPort]];
  return ports.split(',').map((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return [from ?? 0, to ?? 0];
  });
}

function networkOf(cidr: string, kind: 'ipv4' | 'ipv6') {
  return kind === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
    : ipaddr.IPv6.networkAddressFromCIDR(cidr);
}
