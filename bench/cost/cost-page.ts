import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../result.ts';
import { idleOperations } from './idle-operations.ts';
import { operations } from './operations.ts';
import { markdownTable } from './markdown-table.ts';
import { perMillion, prices } from './prices.ts';
import type { Priced } from './prices.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'cost.md');

/** Which prices make a column of the table. */
const columns: readonly { heading: string; of: readonly Priced[] }[] = [
  { heading: 'DynamoDB', of: ['wru', 'rru'] },
  { heading: 'API Gateway', of: ['httpRequest'] },
  { heading: 'Lambda', of: ['lambdaInvocation', 'lambdaGbSecond'] },
  {
    heading: 'EventBridge, SQS, S3',
    of: ['busEvent', 'sqsRequest', 'sqsGroupRequest', 's3Put', 's3Get'],
  },
  { heading: 'Logs, X-Ray', of: ['logGigabyte', 'trace'] },
];

const priceRows: readonly { what: string; priced: Priced; times: number; unit: string }[] = [
  { what: 'DynamoDB on demand, write', priced: 'wru', times: 1e6, unit: 'million WRU' },
  { what: 'DynamoDB on demand, read', priced: 'rru', times: 1e6, unit: 'million RRU' },
  { what: 'API Gateway, HTTP API', priced: 'httpRequest', times: 1e6, unit: 'million requests' },
  { what: 'Lambda, invocations', priced: 'lambdaInvocation', times: 1e6, unit: 'million' },
  { what: 'Lambda, arm64', priced: 'lambdaGbSecond', times: 1e6, unit: 'million GB-seconds' },
  { what: 'EventBridge, custom events', priced: 'busEvent', times: 1e6, unit: 'million' },
  { what: 'SQS standard', priced: 'sqsRequest', times: 1e6, unit: 'million requests' },
  {
    what: 'SQS FIFO, and standard with message groups',
    priced: 'sqsGroupRequest',
    times: 1e6,
    unit: 'million requests',
  },
  { what: 'S3, objects written', priced: 's3Put', times: 1e6, unit: 'million' },
  { what: 'S3, objects read', priced: 's3Get', times: 1e6, unit: 'million' },
  { what: 'CloudWatch Logs, ingestion', priced: 'logGigabyte', times: 1, unit: 'GB' },
  { what: 'X-Ray, traces recorded', priced: 'trace', times: 1e6, unit: 'million' },
  { what: 'KMS, a key of one’s own', priced: 'kmsKeyMonth', times: 1, unit: 'month' },
  { what: 'Secrets Manager, a secret', priced: 'secretMonth', times: 1, unit: 'month' },
];

/** Rewrites the tables of docs/cost.md; what stands around them is written by hand. */
export async function writeCostPage(results: readonly Result[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const tables = { costs: costTable(results), idle: idleTable(results), prices: priceTable() };
  await writeFile(
    page,
    Object.entries(tables).reduce((all, [name, table]) => replaced(all, name, table), text),
  );
}

function costTable(results: readonly Result[]): string {
  const headings = ['a million times', ...columns.map(({ heading }) => heading), 'in all'];
  const rows = operations(results).map(({ name, usage }) => [
    name,
    ...columns.map(({ of }) => dollars(perMillion(usage, of))),
    `**${dollars(perMillion(usage))}**`,
  ]);
  return markdownTable(headings, rows);
}

function idleTable(results: readonly Result[]): string {
  const rows = idleOperations(results).map(({ name, usage }) => [
    name,
    dollars(perMillion(usage) / 1e6),
  ]);
  return markdownTable(['a month', 'costs'], rows);
}

function priceTable(): string {
  const rows = priceRows.map(({ what, priced, times, unit }) => [
    what,
    `${dollars(prices[priced] * times, 3)} per ${unit}`,
  ]);
  return markdownTable(['what', 'price'], rows);
}

function dollars(amount: number, digits = 2): string {
  const text = amount.toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  });
  return `$${text}`;
}

/** @throws RangeError when the page lacks the marks between which a table stands. */
function replaced(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new RangeError(`docs/cost.md lacks ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
