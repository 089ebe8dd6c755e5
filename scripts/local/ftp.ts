import { join } from 'node:path';
import { fileServerEngine } from './file-server.ts';

/**
 * The FTP server of a partner, or the one that `FTP_URL` names, with user and password in it (`ftp:`,
 * `ftps:` or `ftps+implicit:`). The local one takes explicit TLS too: its certificate, to be named as
 * `caFile`, is `state/ftp/certificate.pem` below the stack's folder.
 */
export const ftpEngine = fileServerEngine({
  name: 'FTP server',
  scheme: 'ftp',
  variable: 'FTP_URL',
  preferredPort: 4521,
  script: 'ftp-server.py',
  environment: (directory) => ({ SERVER_CERTIFICATE: join(directory, 'certificate.pem') }),
});
