import type { Symbol } from 'typescript/unstable/sync';
import type { Node } from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isBindingElement,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isMethodDeclaration,
  isPropertyAssignment,
  isPropertyDeclaration,
  isShorthandPropertyAssignment,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';

/** Named functions, methods, and functions that are a member of an object; other callbacks are in place. */
export function startsUnit(node: Node): boolean {
  if (isFunctionDeclaration(node) || isMethodDeclaration(node) || isConstructorDeclaration(node)) {
    return true;
  }
  if (!isArrowFunction(node) && !isFunctionExpression(node)) return false;
  return (
    isVariableDeclaration(node.parent) ||
    isPropertyAssignment(node.parent) ||
    isPropertyDeclaration(node.parent)
  );
}

/** The name by which a variable or a member of an object literal is declared, or taken, is no use of it. */
export function isDeclaredName(node: Node): boolean {
  const { parent } = node;
  if (isBindingElement(parent)) return parent.name === node || parent.propertyName === node;
  return (isPropertyAssignment(parent) || isVariableDeclaration(parent)) && parent.name === node;
}

export function memberName(node: Node): string | undefined {
  const isMember =
    isMethodDeclaration(node) ||
    isPropertyAssignment(node) ||
    isPropertyDeclaration(node) ||
    isShorthandPropertyAssignment(node);
  if (!isMember) return undefined;
  return isIdentifier(node.name) ? node.name.text : undefined;
}

export function keyOf(node: Node): string {
  const file = node.getSourceFile();
  return `${file.path} ${node.pos} ${node.end}`;
}

export function handleKey(handle: Symbol['declarations'][number]): string {
  const node = handle.resolve();
  return node ? keyOf(node) : `${handle.path} #${String(handle.index)}`;
}
