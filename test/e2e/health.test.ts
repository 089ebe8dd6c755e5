import { expect, test } from '@jest/globals';
import { localPaths } from '../../scripts/local/paths.ts';
import { readStackFile } from '../../scripts/local/stack-file.ts';

test('health answers without a token', async () => {
  const stack = await readStackFile(localPaths().stackFile);
  const answer = await fetch(`${stack?.apiUrl ?? ''}/v1/health`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ status: 'ok' });
});
