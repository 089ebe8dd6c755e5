import { config } from '../config/index.ts';
import { sequiturApp } from '../lib/app.ts';
import { ConfigError } from '../lib/define/config.ts';

try {
  sequiturApp(config).synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
