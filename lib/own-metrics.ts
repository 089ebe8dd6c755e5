import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { GaugeName, MetricName } from '../lambdas/shared/metrics.ts';
import type { Settings } from './define/settings.ts';

/** Where an installation's own metrics are. */
export function metricsNamespace({ installation }: Settings): string {
  return `Sequitur/${installation.namePrefix}`;
}

/** What a function calls itself in logs and metrics: `follows/relay` for `follows/relay.lambda.ts`. */
export function serviceName(entry: string): string {
  return entry.replace(/\.lambda\.ts$/, '');
}

/** What the function of this entry file counts, a minute. */
export function ownMetric(settings: Settings, entry: string, metricName: MetricName): Metric {
  return new Metric({
    namespace: metricsNamespace(settings),
    metricName,
    dimensionsMap: { service: serviceName(entry) },
    statistic: Stats.SUM,
    period: Duration.minutes(1),
  });
}

/** What the function of this entry file measures, the greatest of a minute. */
export function ownGauge(settings: Settings, entry: string, gauge: GaugeName): Metric {
  return new Metric({
    namespace: metricsNamespace(settings),
    metricName: gauge,
    dimensionsMap: { service: serviceName(entry) },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(1),
  });
}
