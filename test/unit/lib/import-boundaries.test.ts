import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'sequitur-imports-'));

/** An import that a file makes, and whether it may. */
type Import = readonly [file: string, statement: string];

const named = (path: string): string => `import { thing } from '${path}';`;

const forbidden: Import[] = [
  ['lambdas/follows/follow.ts', named('@aws-sdk/lib-dynamodb')],
  ['lambdas/timelines/routes.ts', named('@aws-sdk/client-sqs')],
  ['lambdas/follows/follow.ts', named('../timelines/relay.ts')],
  ['lambdas/follows/follow.ts', "import type { Thing } from '../timelines/relay.ts';"],
  ['lambdas/follows/dynamo-follow-store.ts', named('../timelines/contract.ts')],
  ['lambdas/follows/api.lambda.ts', named('../core/routes.ts')],
  ['lambdas/core/routes.ts', named('../follows/routes.ts')],
  ['lambdas/convos/erase.ts', named('../follows/contract.ts')],
  ['lambdas/convos/erase.ts', named('../follows/follows-read.ts')],
  ['lambdas/convos/send-message.ts', named('@aws-sdk/lib-dynamodb')],
  ['lambdas/webhooks/secret-box.ts', named('@aws-sdk/client-kms')],
  ['lambdas/webhooks/kms-secret-box.ts', named('../convos/contract.ts')],
  ['lambdas/convos/relay.lambda.ts', named('../timelines/relay.ts')],
  ['lambdas/convos/dynamo-convo-store.ts', named('../follows/dynamo-follow-store.ts')],
  ['lambdas/follows/erase-resource.ts', named('../convos/contract.ts')],
  ['lambdas/timelines/erase.ts', named('../convos/contract.ts')],
  ['lambdas/shared/persist.ts', named('../convos/settings.ts')],
  ['lib/convos.ts', named('../lambdas/convos/message.ts')],
  ['lambdas/timelines/relay.ts', named('../follows/follow-store.ts')],
  ['lambdas/timelines/relay.lambda.ts', named('../follows/contract.ts')],
  ['lambdas/timelines/dynamo-private-timelines.ts', named('../follows/dynamo-follow-queries.ts')],
  ['lambdas/timelines/relay.ts', named('../core/routes.ts')],
  ['lambdas/shared/http/route.ts', named('../../follows/contract.ts')],
  ['lambdas/shared/log.ts', named('../timelines/settings.ts')],
  ['lambdas/shared/log.ts', named('../../lib/app.ts')],
  ['lambdas/follows/follow.ts', named('../../lib/follows.ts')],
  ['lambdas/follows/api.lambda.ts', named('../../scripts/openapi.ts')],
  ['lambdas/timelines/relay.ts', named('../../test/support/faulty.ts')],
  ['lib/follows.ts', named('../lambdas/follows/dynamo-follow-store.ts')],
  ['lib/follows.ts', named('../lambdas/follows/follow.ts')],
  ['lambdas/push/worker/drain.ts', named('@aws-sdk/client-s3')],
  ['lambdas/push/export/s3-outbox.ts', named('../../webhooks/contract.ts')],
  ['lambdas/webhooks/relay.ts', named('../push/contract.ts')],
  ['lib/push.ts', named('../lambdas/push/rules/rule-book.ts')],
  ['lambdas/follows/contract.ts', "import { z as thing } from 'zod';"],
  ['scripts/tool.ts', "import thing from 'zod';"],
];

const allowed: Import[] = [
  ['lambdas/follows/dynamo-follow-store.ts', named('@aws-sdk/lib-dynamodb')],
  ['lambdas/follows/api.lambda.ts', named('@aws-sdk/client-dynamodb')],
  ['lambdas/timelines/relay.ts', named('../follows/follows-read.ts')],
  ['lambdas/timelines/relay.lambda.ts', named('../follows/dynamo-follows-read.ts')],
  ['lambdas/timelines/contract.ts', named('../follows/read-environment.ts')],
  ['lambdas/timelines/relay.ts', named('../shared/errors.ts')],
  ['lambdas/convos/dynamo-convo-store.ts', named('@aws-sdk/lib-dynamodb')],
  ['lambdas/webhooks/kms-secret-box.ts', named('@aws-sdk/client-kms')],
  ['lambdas/push/export/s3-outbox.ts', named('@aws-sdk/client-s3')],
  ['lib/push.ts', named('../lambdas/push/contract.ts')],
  ['lambdas/convos/send-message.ts', named('../shared/persist.ts')],
  ['lib/convos.ts', named('../lambdas/convos/contract.ts')],
  ['lib/define/settings.ts', named('../../lambdas/convos/settings.ts')],
  ['lambdas/timelines/api.lambda.ts', named('../../config/actions.ts')],
  ['lambdas/shared/dynamo/transaction.ts', named('@aws-sdk/lib-dynamodb')],
  ['lib/follows.ts', named('../lambdas/follows/contract.ts')],
  ['lib/follows.ts', named('../lambdas/follows/follows-read.ts')],
  ['lib/define/settings.ts', named('../../lambdas/follows/settings.ts')],
  ['lib/follows.ts', named('../lambdas/shared/events/event-bus.ts')],
  ['lambdas/follows/contract.ts', "import * as thing from 'zod';"],
];

/** Findings of the linter by `<folder>/<file>`. */
let findings: Map<string, string>;

const placeOf = ([file]: Import, kind: string, index: number): string =>
  join(`${kind}-${index}`, file);

beforeAll(() => {
  for (const [kind, imports] of Object.entries({ forbidden, allowed })) {
    for (const [index, one] of imports.entries()) {
      const path = join(folder, placeOf(one, kind, index));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${one[1]}\nexport const used: unknown = null;\n`);
    }
  }
  const text = readFileSync(join(root, '.oxlintrc.json'), 'utf8');
  const shipped = JSON.parse(text) as {
    rules: Record<string, unknown>;
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  // Each import has a folder of its own, in which the paths are those of the repository.
  const inAnyFolder = shipped.overrides.map((override) => ({
    ...override,
    files: override.files.map((glob) => `*/${glob}`),
    excludeFiles: ((override as { excludeFiles?: string[] }).excludeFiles ?? []).map(
      (glob) => `*/${glob}`,
    ),
  }));
  const config = {
    plugins: ['unicorn'],
    categories: {},
    rules: { 'unicorn/import-style': shipped.rules['unicorn/import-style'] },
    overrides: inAnyFolder,
  };
  writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config));
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'unix', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  findings = new Map(
    stdout
      .split('\n')
      .filter((line) => /no-restricted-imports|import-style/.test(line))
      .map((line) => [line.split(':')[0] ?? '', line]),
  );
}, 30_000);

afterAll(() => rmSync(folder, { recursive: true }));

describe('the linter refuses', () => {
  test.each(forbidden.map((one, index) => [...one, index] as const))(
    'in %s: %s',
    (file, statement, index) => {
      expect([...findings.keys()]).toContain(placeOf([file, statement], 'forbidden', index));
    },
  );
});

describe('the linter lets pass', () => {
  test.each(allowed.map((one, index) => [...one, index] as const))(
    'in %s: %s',
    (file, statement, index) => {
      expect(findings.get(placeOf([file, statement], 'allowed', index))).toBeUndefined();
    },
  );
});
