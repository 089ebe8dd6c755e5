import { fileURLToPath } from 'node:url';
import { pushNamePattern } from '../../lambdas/shared/define/push-rule.ts';
import type { PushSender } from '../../lambdas/shared/define/push-sender.ts';
import { defaultConcurrency, installedTargets } from '../../lambdas/shared/define/push-target.ts';
import type { PushTarget, TargetChange } from '../../lambdas/shared/define/push-target.ts';
import { caFileMistakes } from './ca-file-mistakes.ts';
import { isBelow } from './file-places.ts';
import { repeated } from './repeated.ts';
import { targetUrlMistakes } from './target-url-mistakes.ts';

const place = 'config/push-targets.ts';

/** How `ssh-keygen -lf` prints the SHA-256 of a key. */
const fingerprintPattern = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** The present host key, and the one that is to come. */
const mostHostKeys = 2;

const mostConnections = 8;

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface GivenTargets {
  pushTargets: readonly PushTarget[];
  pushSenders: readonly PushSender[];
  /** The setting `push.targets`. */
  changes: Readonly<Record<string, TargetChange>>;
  /** Where that was given. */
  changesPlace: string;
}

/**
 * What is wrong with targets as this installation has them, each with its place and its remedy. What the
 * setting replaces is looked at where it was given.
 */
export function pushTargetMistakes(given: GivenTargets): string[] {
  const { pushTargets, changes, changesPlace } = given;
  const names = pushTargets.map(({ name }) => name);
  return [
    ...pushTargets.flatMap(declarationMistakes),
    ...repeated(names).map((name) => `${place}, "${name}": declared more than once, keep one`),
    ...Object.keys(changes)
      .filter((name) => !names.includes(name))
      .map(
        (name) =>
          `${changesPlace}: target "${name}" is not declared in config/push-targets.ts (${names.join(', ')})`,
      ),
    ...installedTargets(pushTargets, changes).flatMap((target) => installedMistakes(target, given)),
  ];
}

/** What no setting replaces. */
function declarationMistakes({
  name,
  concurrency = defaultConcurrency,
  doneMarker,
}: PushTarget): string[] {
  const mistakes: string[] = [];
  if (!pushNamePattern.test(name)) {
    mistakes.push(
      'use lower-case letters, digits and hyphens, beginning with a letter, at most 64',
    );
  }
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > mostConnections) {
    mistakes.push(
      `concurrency must be 1 to ${String(mostConnections)} connections; given is ${String(concurrency)}`,
    );
  }
  if (doneMarker !== undefined && !/^[\w.-]+$/.test(doneMarker)) {
    mistakes.push(
      `doneMarker must be the ending of a name, such as ".done"; given is ${JSON.stringify(doneMarker)}`,
    );
  }
  return mistakes.map((mistake) => `${place}, "${name}": ${mistake}`);
}

function installedMistakes(target: PushTarget, given: GivenTargets): string[] {
  const { name, url, secret, hostKeys, caFile } = target;
  const change = given.changes[name];
  const placeOf = (field: keyof TargetChange): string =>
    change?.[field] === undefined ? `${place}, "${name}"` : `${given.changesPlace}, "${name}"`;
  const told = (field: keyof TargetChange, mistakes: readonly string[]): string[] =>
    mistakes.map((mistake) => `${placeOf(field)}: ${mistake}`);
  return [
    ...told('url', targetUrlMistakes(url, given.pushSenders)),
    ...told('secret', secretMistakes(secret)),
    ...told('hostKeys', hostKeyMistakes(url, hostKeys)),
    ...(caFile === undefined ? [] : targetCaFileMistakes(caFile, `${placeOf('caFile')}, caFile`)),
  ];
}

function secretMistakes(secret: string | undefined): string[] {
  if (secret === undefined || /^[A-Za-z0-9/_+=.@-]{1,512}$/.test(secret)) return [];
  return [
    `secret must be the name of a secret (letters, digits and /_+=.@-), not what it holds; given are ${String(secret.length)} characters`,
  ];
}

function hostKeyMistakes(url: string, hostKeys: readonly string[] | undefined): string[] {
  if (hostKeys === undefined || hostKeys.length === 0) {
    return url.startsWith('sftp:')
      ? [
          'hostKeys are missing: name the fingerprint of the server’s key (docs/push.md says how to get it)',
        ]
      : [];
  }
  return [
    ...(hostKeys.length > mostHostKeys
      ? [
          `hostKeys: ${String(mostHostKeys)} at most, the present one and the next; given are ${String(hostKeys.length)}`,
        ]
      : []),
    ...hostKeys
      .filter((key) => !fingerprintPattern.test(key))
      .map(
        (key) =>
          `hostKeys: ${JSON.stringify(key)} is no fingerprint such as "SHA256:" and 43 characters, as ssh-keygen -lf prints it`,
      ),
  ];
}

function targetCaFileMistakes(caFile: string, where: string): string[] {
  return isBelow(root, caFile)
    ? caFileMistakes(caFile, where)
    : [
        `${where}: must lead to a file below the project’s root; given is ${JSON.stringify(caFile)}`,
      ];
}
