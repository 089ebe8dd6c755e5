import { emulatorEngine } from './emulator.ts';
import type { Engine } from './engine.ts';
import { ftpEngine } from './ftp.ts';
import { issuerEngine } from './issuer.ts';
import { sftpEngine } from './sftp.ts';

/** What `npm start` runs, in this order; it ends them in the reverse one. */
export const engines: readonly Engine[] = [emulatorEngine, issuerEngine, sftpEngine, ftpEngine];
