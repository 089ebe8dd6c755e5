import { App, CliCredentialsStackSynthesizer, Validations } from 'aws-cdk-lib';
import type { AppProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CoreStack } from './core-stack.ts';
import { checkConfig, ConfigError } from './define/config.ts';
import type { Config } from './define/config.ts';
import { SocialStack } from './social-stack.ts';

/**
 * The whole application: the core and a stack for each domain that the configuration names.
 *
 * Context: `sequitur:<group>.<setting>` overrides a setting; `sequitur:synthesizer=cli-credentials`
 * deploys with the caller's own credentials, without bootstrap roles; `sequitur:apiTag=<8 hex>` gives
 * the API the id by which an emulator serves it; `sequitur:plainHttp=allow` lets queues and topics be
 * called without TLS, which an emulator does not speak.
 *
 * @throws ConfigError when the configuration has mistakes or no issuer is named.
 */
export function sequiturApp(config: Config, props: AppProps = {}): App {
  const app = new App(props);
  const checked = checkConfig(config, contextOf(app));
  const { installation, auth } = checked.settings;
  if (auth.issuer === undefined) {
    throw new ConfigError([
      'config/settings.ts, auth.issuer: name the OIDC issuer whose tokens the API accepts, there or with -c sequitur:auth.issuer=https://...',
    ]);
  }
  const synthesizer = app.node.tryGetContext('sequitur:synthesizer') === 'cli-credentials';
  const stackProps = () =>
    synthesizer ? { synthesizer: new CliCredentialsStackSynthesizer() } : {};
  const apiTag: unknown = app.node.tryGetContext('sequitur:apiTag');

  const { core } = new CoreStack(app, `${installation.namePrefix}-core`, {
    ...stackProps(),
    config: checked,
    issuer: auth.issuer,
    tlsOnly: app.node.tryGetContext('sequitur:plainHttp') !== 'allow',
    ...(typeof apiTag === 'string' && { apiTags: { 'ms-custom-id': apiTag } }),
  });
  if (checked.domains.includes('social')) {
    new SocialStack(app, `${installation.namePrefix}-social`, { ...stackProps(), core });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

function contextOf(app: App): Record<string, unknown> {
  const context: unknown = app.node.getAllContext();
  return context !== null && typeof context === 'object' ? { ...context } : {};
}
