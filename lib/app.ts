import { App, CliCredentialsStackSynthesizer, Validations } from 'aws-cdk-lib';
import type { AppProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConvosStack } from './convos-stack.ts';
import { CoreStack } from './core-stack.ts';
import { checkConfig } from './define/config.ts';
import type { Config } from './define/config.ts';
import { PushStack } from './push-stack.ts';
import { SocialStack } from './social-stack.ts';
import { WebhooksStack } from './webhooks-stack.ts';

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
  addInstallation(app, config);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/**
 * Adds the stacks of one installation; several with different name prefixes fit in one app and account.
 *
 * @throws ConfigError as `sequiturApp`.
 */
export function addInstallation(app: App, config: Config): void {
  const checked = checkConfig(config, contextOf(app));
  const { installation, auth } = checked.settings;
  const { synthesizer, apiTag, plainHttp } = checked.deployment;
  const stackProps = () =>
    synthesizer === 'cli-credentials' ? { synthesizer: new CliCredentialsStackSynthesizer() } : {};

  const { core } = new CoreStack(app, `${installation.namePrefix}-core`, {
    ...stackProps(),
    config: checked,
    issuer: auth.issuer,
    tlsOnly: plainHttp !== 'allow',
    ...(apiTag !== undefined && { apiTags: { 'ms-custom-id': apiTag } }),
  });
  if (checked.domains.includes('social')) {
    new SocialStack(app, `${installation.namePrefix}-social`, { ...stackProps(), core });
  }
  if (checked.domains.includes('convos')) {
    new ConvosStack(app, `${installation.namePrefix}-convos`, { ...stackProps(), core });
  }
  if (checked.domains.includes('webhooks')) {
    new WebhooksStack(app, `${installation.namePrefix}-webhooks`, { ...stackProps(), core });
  }
  if (checked.domains.includes('push')) {
    new PushStack(app, `${installation.namePrefix}-push`, { ...stackProps(), core });
  }
}

function contextOf(app: App): Record<string, unknown> {
  const context: unknown = app.node.getAllContext();
  return context !== null && typeof context === 'object' ? { ...context } : {};
}
