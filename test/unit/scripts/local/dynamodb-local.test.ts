import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { requireJava } from '../../../../scripts/local/dynamodb-local.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

test('a missing, an old and a broken Java each name the remedy', async () => {
  await withTemporaryPaths(async ({ root }) => {
    const java = join(root, 'java');
    const remedy = expect.stringContaining('Install Java 17');
    await expect(requireJava(java)).rejects.toMatchObject({ message: 'Java is missing.', remedy });

    const fake = async (text: string) => {
      await writeFile(java, `#!/bin/sh\n${text}\n`);
      await chmod(java, 0o755);
      return requireJava(java);
    };
    await expect(fake(`echo 'openjdk version "11.0.2"' >&2`)).rejects.toMatchObject({
      message: 'Java 11 is too old.',
      remedy,
    });
    await expect(fake('echo cannot load libjvm; exit 1')).rejects.toMatchObject({ remedy });
    await expect(fake(`echo 'openjdk version "25" 2025-09-16' >&2`)).resolves.toBeUndefined();
  });
});
