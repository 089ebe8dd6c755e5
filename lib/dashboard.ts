import { Duration } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Dashboard, GraphWidget, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { AlarmedQueue } from './alarmed-queue.ts';
import { StreamFunction } from './functions/stream-function.ts';

const period = Duration.minutes(1);

/** Of the dashboard's 24 columns. */
const width = 8;

/** Graphs of the application's own counts, beside those that every stack has. */
export interface CountGraph {
  title: string;
  metrics: readonly IMetric[];
}

/**
 * The dashboard of a stack: its own counts, then a graph for each concern over all constructs of the
 * kind, found in the stack itself, so that none can be forgotten. Call it last.
 */
export function stackDashboard(stack: Stack, counts: readonly CountGraph[] = []): Dashboard {
  const rows: IWidget[][] = [
    counts.flatMap(({ title, metrics }) => graph(title, metrics)),
    apiGraphs(constructsOf(stack, HttpApi)),
    streamAndQueueGraphs(constructsOf(stack, StreamFunction), constructsOf(stack, AlarmedQueue)),
    tableGraphs(constructsOf(stack, TableV2)),
    functionGraphs(constructsOf(stack, LambdaFunction)),
  ];
  return new Dashboard(stack, 'Dashboard', { widgets: rows.filter((row) => row.length > 0) });
}

function apiGraphs(apis: readonly HttpApi[]): IWidget[] {
  return apis.flatMap((api) => [
    ...graph('API requests a minute', [api.metricCount({ period, label: 'requests' })]),
    ...graph('API errors a minute', [
      api.metricServerError({ period, label: '5xx' }),
      api.metricClientError({ period, label: '4xx' }),
    ]),
    ...graph('API latency, ms', [
      api.metricLatency({ period, statistic: Stats.p(50), label: 'p50' }),
      api.metricLatency({ period, statistic: Stats.p(95), label: 'p95' }),
    ]),
  ]);
}

function streamAndQueueGraphs(
  streams: readonly StreamFunction[],
  queues: readonly AlarmedQueue[],
): IWidget[] {
  const failures = [
    ...queues.map(({ node, deadLetters }) => [node.path, deadLetters] as const),
    ...streams.map(({ node, failures: queue }) => [node.path, queue] as const),
  ];
  const depth = { period, statistic: Stats.MAXIMUM };
  return [
    graph(
      'Jobs waiting',
      queues.map(({ node, queue }) =>
        queue.metricApproximateNumberOfMessagesVisible({ ...depth, label: shortName(node.path) }),
      ),
    ),
    graph(
      'Age of the oldest job, s',
      queues.map(({ node, queue }) =>
        queue.metricApproximateAgeOfOldestMessage({ ...depth, label: shortName(node.path) }),
      ),
    ),
    graph(
      'Failures waiting for a person',
      failures.map(([path, queue]) =>
        queue.metricApproximateNumberOfMessagesVisible({ ...depth, label: shortName(path) }),
      ),
    ),
    graph(
      'Age of the stream, ms',
      streams.map(({ node, fn }) =>
        fn.metric('IteratorAge', { ...depth, label: shortName(node.path) }),
      ),
    ),
  ].flat();
}

function tableGraphs(tables: readonly TableV2[]): IWidget[] {
  const all = (metrics: (table: TableV2, label: string) => IMetric[]): IMetric[] =>
    tables.flatMap((table) => metrics(table, shortName(table.node.path)));
  return [
    graph(
      'Consumed capacity, units a minute',
      all((table, label) => [
        table.metricConsumedReadCapacityUnits({
          period,
          statistic: Stats.SUM,
          label: `${label} read`,
        }),
        table.metricConsumedWriteCapacityUnits({
          period,
          statistic: Stats.SUM,
          label: `${label} write`,
        }),
      ]),
    ),
    graph(
      'Throttled by DynamoDB',
      all((table, label) =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map(
          (metricName) =>
            new Metric({
              namespace: 'AWS/DynamoDB',
              metricName,
              dimensionsMap: { TableName: table.tableName },
              period,
              statistic: Stats.SUM,
              label: `${label} ${metricName}`,
            }),
        ),
      ),
    ),
  ].flat();
}

function functionGraphs(functions: readonly LambdaFunction[]): IWidget[] {
  const all = (metric: (fn: LambdaFunction, label: string) => IMetric): IMetric[] =>
    functions.map((fn) => metric(fn, shortName(fn.node.path)));
  return [
    graph(
      'Errors of functions',
      all((fn, label) => fn.metricErrors({ period, label })),
    ),
    graph(
      'Throttles of functions',
      all((fn, label) => fn.metricThrottles({ period, label })),
    ),
    graph(
      'Duration of functions, p95 ms',
      all((fn, label) => fn.metricDuration({ period, statistic: Stats.p(95), label })),
    ),
  ].flat();
}

/** None when there is nothing to show. */
function graph(title: string, left: readonly IMetric[]): IWidget[] {
  return left.length === 0 ? [] : [new GraphWidget({ title, left: [...left], width })];
}

/** A construct's path without the stack. */
function shortName(path: string): string {
  return path.split('/').slice(1).join('/');
}

function constructsOf<T extends IConstruct>(
  stack: Stack,
  kind: abstract new (...args: never[]) => T,
): T[] {
  return stack.node.findAll().filter((construct): construct is T => construct instanceof kind);
}
