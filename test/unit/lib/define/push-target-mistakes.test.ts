import { describe, expect, test } from '@jest/globals';
import { pushTargets } from '../../../../config/push-targets.ts';
import { shippedSenders } from '../../../../lambdas/push/send/shipped-senders.ts';
import type { PushTarget } from '../../../../lambdas/shared/define/push-target.ts';
import { pushTargetMistakes } from '../../../../lib/define/push-target-mistakes.ts';
import type { GivenTargets } from '../../../../lib/define/push-target-mistakes.ts';
import { shippedSchemes } from '../../../../lib/define/target-url-mistakes.ts';

const key = `SHA256:${'a'.repeat(43)}`;
const nextKey = `SHA256:${'b/+'.repeat(14)}c`;

const target: PushTarget = { name: 'partner', url: 'sftp://example.org:2222/in', hostKeys: [key] };

const given = (changes: Partial<GivenTargets>): GivenTargets => ({
  pushTargets: [target],
  pushSenders: [],
  changes: {},
  changesPlace: '-c sequitur:push.targets',
  ...changes,
});

/** Mistakes of a target that differs so from the right one. */
const mistakesWith = (change: Partial<PushTarget>) =>
  pushTargetMistakes(given({ pushTargets: [{ ...target, ...change }] }));

/** Mistakes of a target as an installation changes it. */
const mistakesOf = (changes: GivenTargets['changes'], one = target) =>
  pushTargetMistakes(given({ pushTargets: [one], changes }));

test('what ships has no mistakes', () => {
  expect(pushTargetMistakes(given({ pushTargets }))).toEqual([]);
});

test.each([
  'sftp://example.org',
  'sftp://example.org//srv/in',
  'ftp://example.org:2121/in/daily',
  'ftps://example.org/a%20b',
  'ftps+implicit://example.org',
  'https://example.org/put?token-name=x',
  's3://their-bucket/in/',
  'dummy://anything',
  'dummy://',
])('%s can be the URL of a target', (url) => {
  expect(mistakesWith({ url })).toEqual([]);
});

test('a target with everything is right', () => {
  const all = { secret: 'a/b', hostKeys: [key, nextKey], doneMarker: '.done', concurrency: 8 };
  expect(mistakesWith(all)).toEqual([]);
});

describe('each mistake is told with its place and what is possible', () => {
  const place = 'config/push-targets.ts, "partner"';

  test.each(['Partner', 'a_b', '1a', ''])('a name that cannot be one: "%s"', (name) => {
    expect(mistakesWith({ name })).toEqual([
      `config/push-targets.ts, "${name}": use lower-case letters, digits and hyphens, beginning with a letter, at most 64`,
    ]);
  });

  test('two targets of a name', () => {
    expect(pushTargetMistakes(given({ pushTargets: [target, target] }))).toEqual([
      `${place}: declared more than once, keep one`,
    ]);
  });

  test.each(['example.org/in', '', 'sftp//example.org'])('no URL: "%s"', (url) => {
    expect(mistakesWith({ url })).toContain(
      `${place}: url must be a URL such as sftp://files.example.org/incoming`,
    );
  });

  test.each(['sftp://amy@example.org/', 'sftp://amy:s3cret@example.org/'])(
    'credentials in a URL, without repeating them',
    (url) => {
      const mistakes = mistakesWith({ url });
      expect(mistakes).toEqual([
        `${place}: url must not hold user and password: keep them in a secret, and name it`,
      ]);
    },
  );

  test('a scheme that nobody sends by', () => {
    expect(mistakesWith({ url: 'gopher://example.org/' })).toEqual([
      `${place}: url: there is no sender for gopher; there are sftp, ftp, ftps, ftps+implicit, https, s3, dummy`,
    ]);
  });

  test('plain http', () => {
    expect(mistakesWith({ url: 'http://example.org/' })).toHaveLength(1);
  });

  test.each([
    ['sftp:///in', 'url names no host'],
    ['s3:///in', 'url names no host'],
    ['s3://Their_Bucket/', 'url: "Their_Bucket" cannot be the name of a bucket'],
    ['sftp://example.org/100%', 'url: write a % of its path as %25'],
    ['sftp://example.org/in#1', 'url: write a # of its path as %23'],
    ['sftp://example.org/in?1', 'url: write a ? of its path as %3F'],
  ])('%s', (url, mistake) => {
    expect(mistakesWith({ url })).toEqual([`${place}: ${mistake}`]);
  });

  test.each([undefined, []])('SFTP without a host key', (hostKeys) => {
    const { hostKeys: _, ...without } = target;
    const one = hostKeys === undefined ? without : { ...target, hostKeys };
    expect(pushTargetMistakes(given({ pushTargets: [one] }))).toEqual([
      `${place}: hostKeys are missing: name the fingerprint of the server’s key (docs/push.md says how to get it)`,
    ]);
  });

  test('FTP needs no host key', () => {
    expect(mistakesWith({ url: 'ftp://example.org', hostKeys: [] })).toEqual([]);
  });

  test.each([
    'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
    'ssh-ed25519 AAAAC3Nza',
    'a'.repeat(43),
    `${key}=`,
    key.slice(0, -1),
  ])('a fingerprint that is none: %s', (hostKey) => {
    expect(mistakesWith({ hostKeys: [hostKey] })).toEqual([
      `${place}: hostKeys: ${JSON.stringify(hostKey)} is no fingerprint such as "SHA256:" and 43 characters, as ssh-keygen -lf prints it`,
    ]);
  });

  test('three host keys', () => {
    expect(mistakesWith({ hostKeys: [key, nextKey, `SHA256:${'c'.repeat(43)}`] })).toEqual([
      `${place}: hostKeys: 2 at most, the present one and the next; given are 3`,
    ]);
  });

  test.each([0, 9, 1.5, -1])('%s connections', (concurrency) => {
    expect(mistakesWith({ concurrency })).toEqual([
      `${place}: concurrency must be 1 to 8 connections; given is ${String(concurrency)}`,
    ]);
  });

  test('what a secret holds in place of its name, without repeating it', () => {
    const mistakes = mistakesWith({ secret: '{"user": "amy", "password": "s3cret"}' });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(`${place}: secret must be the name of a secret`);
    expect(mistakes[0]).not.toContain('s3cret');
  });

  test.each(['../done', 'a/b', ''])('a marker that is no ending: "%s"', (doneMarker) => {
    expect(mistakesWith({ doneMarker })).toEqual([
      `${place}: doneMarker must be the ending of a name, such as ".done"; given is "${doneMarker}"`,
    ]);
  });

  test('a file of authorities that there is not, or that is none', () => {
    expect(mistakesWith({ caFile: 'config/none.pem' })).toEqual([
      `${place}, caFile: there is no such file that can be read, name one by its path from the root; given is "config/none.pem"`,
    ]);
    expect(mistakesWith({ caFile: 'package.json' })).toEqual([
      `${place}, caFile: holds no certificate, use a PEM file; given is "package.json"`,
    ]);
  });

  test.each(['../ca.pem', '/etc/ssl/certs/ca-certificates.crt'])(
    'a file of authorities from elsewhere: %s',
    (caFile) => {
      expect(mistakesWith({ caFile })).toEqual([
        `${place}, caFile: must lead to a file below the project’s root; given is "${caFile}"`,
      ]);
    },
  );
});

describe('what an installation changes', () => {
  test('is looked at in place of the configuration', () => {
    const { hostKeys: _, ...without } = target;
    expect(mistakesOf({ partner: { hostKeys: [nextKey] } }, without)).toEqual([]);
    expect(mistakesOf({ partner: { url: 'dummy://x' } }, without)).toEqual([]);
  });

  test('is told of where it was given', () => {
    expect(mistakesOf({ partner: { url: 'sftp://amy@example.org/', hostKeys: ['x'] } })).toEqual([
      '-c sequitur:push.targets, "partner": url must not hold user and password: keep them in a secret, and name it',
      '-c sequitur:push.targets, "partner": hostKeys: "x" is no fingerprint such as "SHA256:" and 43 characters, as ssh-keygen -lf prints it',
    ]);
  });

  test('names targets that there are', () => {
    expect(mistakesOf({ other: { url: 'dummy://x' } })).toEqual([
      '-c sequitur:push.targets: target "other" is not declared in config/push-targets.ts (partner)',
    ]);
  });
});

test('senders of your own make their schemes known', () => {
  const webdav = {
    scheme: 'webdav',
    connect: () => Promise.reject(new Error('never called')),
  };
  const own = { name: 'partner', url: 'webdav://example.org/in' };
  expect(pushTargetMistakes(given({ pushTargets: [own], pushSenders: [webdav] }))).toEqual([]);
});

test('the schemes that are known are those of the senders that ship', () => {
  expect(shippedSchemes.toSorted()).toEqual(shippedSenders.map(({ scheme }) => scheme).toSorted());
});
