import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { findFreePort, requireFreePort } from '../../../../scripts/local/port.ts';

test('a free port is accepted, a taken one refused with its number and the remedy', async () => {
  const port = await findFreePort();
  await expect(requireFreePort(port, 'issuer', 'choose another')).resolves.toBeUndefined();
  const taken = createServer();
  await new Promise<void>((resolve) => void taken.listen(port, '127.0.0.1', resolve));
  try {
    await expect(requireFreePort(port, 'issuer', 'choose another')).rejects.toMatchObject({
      message: `Port ${String(port)} (issuer) is in use.`,
      remedy: 'choose another',
    });
  } finally {
    await new Promise<void>((resolve) => void taken.close(() => resolve()));
  }
});
