import { ftpEngine } from '../../../../scripts/local/ftp.ts';
import { localPaths } from '../../../../scripts/local/paths.ts';
import { sftpEngine } from '../../../../scripts/local/sftp.ts';

/** Starts both servers in the folder of its argument, tells their processes, and holds them. */
const context = {
  paths: { ...localPaths({}, process.argv[2]), pythonEnvironment: localPaths().pythonEnvironment },
  environment: process.env,
  ports: { emulator: 1, issuer: 2 },
  report: () => undefined,
  signal: new AbortController().signal,
};

const started = await Promise.all([sftpEngine.start(context), ftpEngine.start(context)]);
process.send?.(started.map((server) => server.process?.pid));
setInterval(() => undefined, 1_000);
