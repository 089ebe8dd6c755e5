import { expect, test } from '@jest/globals';
import {
  allowedTargetMistake,
  allowedTargetPattern,
  parseAllowedTargets,
} from '../../../lambdas/webhooks/allowed-targets.ts';

test('lists addresses of its CIDRs for its ports', () => {
  const allowed = parseAllowedTargets(['10.0.0.0/8:443,8080-8090', 'fd00::/8:*']);
  expect(allowed.lists('10.200.0.1', 443)).toBe(true);
  expect(allowed.lists('10.200.0.1', 8_080)).toBe(true);
  expect(allowed.lists('10.200.0.1', 8_090)).toBe(true);
  expect(allowed.lists('10.200.0.1', 8_091)).toBe(false);
  expect(allowed.lists('11.0.0.1', 443)).toBe(false);
  expect(allowed.lists('fd12::1', 1)).toBe(true);
  expect(allowed.lists('fe80::1', 1)).toBe(false);
  expect(allowed.lists('::ffff:10.0.0.1', 443)).toBe(true);
  expect(allowed.lists('nonsense', 443)).toBe(false);
});

test('tells whether any address is listed for a port', () => {
  const allowed = parseAllowedTargets(['10.0.0.0/8:443', '192.168.0.0/16:22']);
  expect([22, 443, 80].map((port) => allowed.listsPort(port))).toEqual([true, true, false]);
  expect(parseAllowedTargets([]).listsPort(443)).toBe(false);
});

test.each(['127.0.0.1/32:*', '10.0.0.0/8:443,8080-8090', 'fd00::/8:8443', '0.0.0.0/0:443'])(
  'finds nothing wrong with %s',
  (entry) => {
    expect(entry).toMatch(allowedTargetPattern);
    expect(allowedTargetMistake(entry)).toBeUndefined();
  },
);

test.each([
  ['10.0.0.0/33:*', 'is not a CIDR'],
  ['fd00::/129:*', 'is not a CIDR'],
  ['10.0.0.256/32:*', 'is not a CIDR'],
  ['10.0.0.0/8:65536', 'from 1 to 65535'],
  ['10.0.0.0/8:0', 'from 1 to 65535'],
  ['10.0.0.0/8:443,90-80', '90-80 run backwards'],
  ['10.1.2.3/8:443', 'write 10.0.0.0/8'],
  ['::ffff:10.0.0.0/104:443', 'as IPv4'],
])('says of %s that it %s', (entry, mistake) => {
  expect(entry).toMatch(allowedTargetPattern);
  expect(allowedTargetMistake(entry)).toContain(mistake);
});

test.each(['10.0.0.0/8', '10.0.0.0:443', 'localhost/32:*', '10.0.0.0/8:', '10.0.0.0/8:1-'])(
  '%s has not the form of an entry',
  (entry) => {
    expect(entry).not.toMatch(allowedTargetPattern);
  },
);
