import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ensurePythonEnvironment } from '../../../../scripts/local/python-env.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

async function script(file: string, text: string): Promise<string> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/** An interpreter that makes "environments" whose interpreter notes each call of pip. */
function fakePython(root: string): Promise<string> {
  return script(
    join(root, 'fake', 'python3'),
    `[ "$1" = -m ] || exit 0
mkdir -p "$3/bin"
printf '#!/bin/sh\\n[ "$2" = pip ] && echo "$@" >> "${root}/pip"\\nexit 0\\n' > "$3/bin/python"
chmod +x "$3/bin/python"`,
  );
}

describe('the Python environment', () => {
  test('is made once, and installed again when the requirements change', async () => {
    await withTemporaryPaths(async ({ root, pythonEnvironment: directory }) => {
      const requirements = join(root, 'requirements.txt');
      await writeFile(requirements, 'one==1');
      const python = await fakePython(root);
      const options = { directory, python, requirements: [requirements] };
      const installs = async () => (await readFile(join(root, 'pip'), 'utf8')).trim().split('\n');

      expect(await ensurePythonEnvironment(options)).toBe(join(directory, 'bin'));
      await ensurePythonEnvironment(options);
      expect(await installs()).toHaveLength(1);
      await writeFile(requirements, 'one==2');
      await ensurePythonEnvironment(options);
      expect(await installs()).toHaveLength(2);
    });
  });

  test('without Python fails with what to install', async () => {
    await withTemporaryPaths(async ({ root, pythonEnvironment: directory }) => {
      const python = join(root, 'python3');
      await expect(
        ensurePythonEnvironment({ directory, python, requirements: [] }),
      ).rejects.toMatchObject({
        message: expect.stringContaining('Python is missing'),
        remedy: expect.stringContaining('apt install python3'),
      });
    });
  });

  test('with an old Python says so', async () => {
    await withTemporaryPaths(async ({ root, pythonEnvironment: directory }) => {
      const python = await script(join(root, 'python3'), 'exit 1');
      await expect(
        ensurePythonEnvironment({ directory, python, requirements: [] }),
      ).rejects.toThrow('older than Python 3.11');
    });
  });

  test('without the venv module names the package, and leaves no half environment', async () => {
    await withTemporaryPaths(async ({ root, pythonEnvironment: directory }) => {
      const text = '[ "$1" = -m ] || exit 0\nmkdir -p "$3"; echo no ensurepip; exit 1';
      const python = await script(join(root, 'python3'), text);
      await expect(
        ensurePythonEnvironment({ directory, python, requirements: [] }),
      ).rejects.toMatchObject({
        message: expect.stringContaining('no ensurepip'),
        remedy: expect.stringContaining('python3-venv'),
      });
      await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });
});
