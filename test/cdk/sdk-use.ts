import { SyntaxKind } from 'typescript/unstable/ast';
import type { Node, StringLiteral } from 'typescript/unstable/ast';
import {
  isBinaryExpression,
  isIdentifier,
  isNewExpression,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import type { CallGraph, Unit } from './call-graph.ts';
import { s3UsesOf } from './s3-use.ts';

/** What a bundle can do: `dynamodb:GetItem FOLLOWS_TABLE`, resources by the environment that names them. */
export type Use = string;

/** IAM actions that the commands of the SDK need, by the command's name without `Command`. */
const actionsOfCommand: Readonly<Record<string, string>> = {
  Get: 'dynamodb:GetItem',
  BatchGet: 'dynamodb:BatchGetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  BatchWrite: 'dynamodb:BatchWriteItem',
  PutEvents: 'events:PutEvents',
  SendMessageBatch: 'sqs:SendMessage',
  DeleteMessageBatch: 'sqs:DeleteMessage',
  Decrypt: 'kms:Decrypt',
  GenerateDataKey: 'kms:GenerateDataKey',
  GetSecretValue: 'secretsmanager:GetSecretValue',
};

/** A transaction needs the right of each kind of item in it, and none of its own. */
const actionsOfTransactionItem: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

/**
 * What the code behind an entry file can do. Tables are told by the folder: code of a domain works on
 * its domain's table, and shared code on the table of whichever domain calls it.
 *
 * @throws Error for a command of the SDK that this doesn't know: add it above.
 */
export function usesOf(graph: CallGraph, entry: string, bundle: ReadonlySet<string>): Set<Use> {
  const reached = graph.reachableFrom(entry, bundle);
  const uses = new Set<Use>();
  const environment = environmentReadBy(graph, entry);
  for (const unit of reached) {
    for (const node of graph.nodesOf(unit)) {
      const s3Uses = s3UsesOf(graph, reached, unit, commandOf(node) ?? '');
      for (const use of s3Uses ?? []) uses.add(use);
      for (const action of s3Uses ? [] : actionsOf(node)) {
        for (const name of resourceNames(
          action,
          callersTables(graph, reached, unit),
          environment,
        )) {
          uses.add(`${action} ${name}`);
        }
      }
      for (const index of indexesOf(graph, reached, unit, node)) {
        for (const table of callersTables(graph, reached, unit)) {
          uses.add(
            index === '' ? `dynamodb:Query ${table}` : `dynamodb:Query ${table}/index/${index}`,
          );
        }
      }
    }
  }
  return uses;
}

/** Names of the environment that an entry file reads. */
export function environmentReadBy(graph: CallGraph, entry: string): Set<string> {
  const names = new Set<string>();
  const units = graph.reachableFrom(entry, new Set([entry]));
  for (const unit of units) {
    // What it hands to others is called from their files.
    for (const made of graph.madeBy(unit)) units.add(made);
    for (const node of graph.nodesOf(unit)) {
      if (isPropertyAccessExpression(node) && /^[A-Z][A-Z_]+$/.test(node.name.text)) {
        names.add(node.name.text);
      }
    }
  }
  return names;
}

/** The command of the SDK that a node makes, without `Command`; `Upload` makes commands itself. */
function commandOf(node: Node): string | undefined {
  if (!isNewExpression(node) || !isIdentifier(node.expression)) return undefined;
  const { text } = node.expression;
  return text === 'Upload' ? text : /^(\w+)Command$/.exec(text)?.[1];
}

function actionsOf(node: Node): string[] {
  const command = commandOf(node);
  if (command !== undefined) {
    // A query's resource depends on its index, a transaction's actions on its items.
    if (command === 'Query' || command.startsWith('Transact')) return [];
    const action = actionsOfCommand[command];
    if (action === undefined) throw new Error(`which action does ${command}Command need?`);
    return [action];
  }
  if (
    isPropertyAssignment(node) &&
    isIdentifier(node.name) &&
    hasMember(node.initializer, 'TableName')
  ) {
    const action = actionsOfTransactionItem[node.name.text];
    return action === undefined ? [] : [action];
  }
  return [];
}

/** Where an action happens; jobs can go to each queue that the entry file knows. */
function resourceNames(
  action: string,
  tables: ReadonlySet<string>,
  environment: ReadonlySet<string>,
): string[] {
  if (action === 'events:PutEvents') return ['EVENT_BUS_NAME'];
  if (action.startsWith('kms:')) return ['SECRETS_KEY_ARN'];
  if (action === 'secretsmanager:GetSecretValue') return ['SECRETS_OF_TARGETS'];
  // Those that came from there.
  if (action === 'sqs:DeleteMessage') return ['LANE_QUEUE_URL'];
  if (action === 'sqs:SendMessage')
    return [...environment].filter((name) => name.endsWith('_QUEUE_URL'));
  return [...tables];
}

/** Index that a node of a query names, `''` for one that queries the table itself. */
function indexesOf(graph: CallGraph, reached: ReadonlySet<Unit>, unit: Unit, node: Node): string[] {
  if (isObjectLiteralExpression(node) && hasMember(node, 'KeyConditionExpression')) {
    return hasMember(node, 'IndexName') ? [] : [''];
  }
  if (!isPropertyAssignment(node) || !isIdentifier(node.name) || node.name.text !== 'IndexName')
    return [];
  if (isStringLiteral(node.initializer)) return [node.initializer.text];
  return literalsOnTheWay(graph, reached, unit, node.initializer);
}

/** An index chosen by the callers: those of its possible names that stand in code which leads here. */
function literalsOnTheWay(
  graph: CallGraph,
  reached: ReadonlySet<Unit>,
  unit: Unit,
  expression: Node,
): string[] {
  const type = graph.checker.getTypeAtLocation(expression);
  const options = new Set(
    (type?.isUnionType() ? type.getTypes() : []).flatMap((one) =>
      one.isStringLiteralType() ? [one.value] : [],
    ),
  );
  const callers = [...reached].filter(
    (caller) => caller !== unit && leadsTo(graph, reached, caller, unit),
  );
  const literals = [...callers, ...callers.flatMap((caller) => choosersOf(graph, caller, unit))]
    .flatMap((one) => graph.nodesOf(one))
    .flatMap((node) => (isStringLiteral(node) && mayBeOf(graph, node, options) ? [node.text] : []));
  return literals.filter((text) => options.has(text));
}

/** Whether a literal may be meant as one of these: it is not compared, and not one of other values. */
function mayBeOf(graph: CallGraph, literal: StringLiteral, options: ReadonlySet<string>): boolean {
  if (isBinaryExpression(literal.parent)) return false;
  const type = graph.checker.getContextualType(literal);
  if (!type?.isUnionType()) return true;
  const possible = new Set(type.getTypes().map((one) => one.isStringLiteralType() && one.value));
  return [...options].every((option) => possible.has(option));
}

/** Functions beside a direct caller that it asks before it calls: they may choose the index. */
function choosersOf(graph: CallGraph, caller: Unit, called: Unit): Unit[] {
  const callees = graph.calleesOf(caller);
  if (!callees.has(called)) return [];
  const { fileName } = caller.getSourceFile();
  return [...callees].filter((one) => one.getSourceFile().fileName === fileName);
}

/** Whether a value of one unit may get to another: by calls, or seen from a function that it makes. */
function leadsTo(graph: CallGraph, reached: ReadonlySet<Unit>, from: Unit, to: Unit): boolean {
  const seen = new Set([from]);
  for (const unit of seen) {
    if (unit === to) return true;
    for (const next of [...graph.calleesOf(unit), ...graph.madeBy(unit)]) {
      if (reached.has(next)) seen.add(next);
    }
  }
  return false;
}

/** Tables of the domains that a unit works for: its own, or for shared code those of its callers. */
function callersTables(graph: CallGraph, reached: ReadonlySet<Unit>, unit: Unit): Set<string> {
  const tables = new Set<string>();
  const seen = new Set([unit]);
  for (const one of seen) {
    const domain = domainOf(one);
    if (domain !== 'shared') {
      tables.add(`${domain.toUpperCase()}_TABLE`);
      continue;
    }
    for (const caller of reached) if (graph.calleesOf(caller).has(one)) seen.add(caller);
  }
  return tables;
}

function domainOf(unit: Unit): string {
  return /\/lambdas\/(\w+)\//.exec(unit.getSourceFile().fileName)?.[1] ?? 'shared';
}

function hasMember(node: Node, name: string): boolean {
  if (node.kind !== SyntaxKind.ObjectLiteralExpression || !isObjectLiteralExpression(node))
    return false;
  return node.properties.some(
    (member) =>
      (isPropertyAssignment(member) || isShorthandPropertyAssignment(member)) &&
      isIdentifier(member.name) &&
      member.name.text === name,
  );
}
