import { API } from 'typescript/unstable/sync';
import type { Checker, Project, Symbol } from 'typescript/unstable/sync';
import { SyntaxKind } from 'typescript/unstable/ast';
import type { Node, ObjectLiteralExpression, SourceFile } from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isBindingElement,
  isClassDeclaration,
  isConstructorDeclaration,
  isExpressionWithTypeArguments,
  isFunctionExpression,
  isIdentifier,
  isImportDeclaration,
  isObjectLiteralExpression,
  isPrivateIdentifier,
  isShorthandPropertyAssignment,
  isTypeNode,
} from 'typescript/unstable/ast/is';
import { handleKey, isDeclaredName, keyOf, memberName, startsUnit } from './unit-syntax.ts';

/**
 * A piece of code that runs or does not: a function, a method, or the top level of a module. Callbacks
 * in place belong to the unit around them.
 */
export type Unit = Node;

/** Which code may call which. */
export interface CallGraph {
  /** Every unit of the modules of a bundle that the top level of its entry, or of a file of `config/`, may reach. */
  reachableFrom(entry: string, bundle: ReadonlySet<string>): Set<Unit>;
  /** Units that a unit may call directly. */
  calleesOf(unit: Unit): ReadonlySet<Unit>;
  /** Units that a unit makes: functions inside it, which see its values. */
  madeBy(unit: Unit): readonly Unit[];
  /** Nodes of a unit, without those of units inside it. */
  nodesOf(unit: Unit): readonly Node[];
  checker: Checker;
}

/**
 * The calls among some modules, found with the compiler's own symbols. A reference counts as a call. A
 * method of an interface stands for that method of every class and object literal of these modules that
 * is typed as the interface, so the graph may hold calls that never happen and lacks none that does
 * (as long as no function is put into an object without a type).
 *
 * @param modules absolute paths
 */
export function withCallGraph<T>(
  root: string,
  modules: readonly string[],
  use: (graph: CallGraph) => T,
): T {
  const api = new API({ cwd: root });
  try {
    const tsconfig = `${root}/tsconfig.json`;
    const project = api.updateSnapshot({ openProjects: [tsconfig] }).getProject(tsconfig);
    if (!project) throw new Error(`cannot open ${tsconfig}`);
    return use(new SymbolCallGraph(project, modules));
  } finally {
    api.close();
  }
}

class SymbolCallGraph implements CallGraph {
  readonly checker: Checker;
  readonly #project: Project;
  readonly #files = new Map<string, SourceFile>();
  readonly #nodes = new Map<Unit, Node[]>();
  readonly #made = new Map<Unit, Unit[]>();
  readonly #callees = new Map<Unit, Set<Unit>>();
  /** Units by the declarations (as `keyOf` names them) of what they are or implement. */
  readonly #units = new Map<string, Unit[]>();

  constructor(project: Project, modules: readonly string[]) {
    this.#project = project;
    this.checker = project.checker;
    for (const path of modules) {
      const file = project.program.getSourceFile(path);
      if (!file) throw new Error(`${path} is not part of the project`);
      this.#files.set(path, file);
      this.#collect(file, file);
    }
    for (const unit of this.#nodes.keys()) this.#declare(unit);
    // What is taken out of an object may be put into another.
    for (const unit of this.#nodes.keys()) this.#declareTaken(unit);
    for (const unit of this.#nodes.keys()) this.#declareGiven(unit);
    for (const unit of this.#nodes.keys()) this.#callees.set(unit, this.#findCallees(unit));
  }

  reachableFrom(entry: string, bundle: ReadonlySet<string>): Set<Unit> {
    const file = this.#files.get(entry);
    if (!file) throw new Error(`${entry} is not in the graph`);
    const reached = new Set<Unit>([file]);
    // What a deployer configures is called from anywhere.
    for (const path of bundle) {
      const configured = path.includes('/lambdas/') ? undefined : this.#files.get(path);
      if (configured) reached.add(configured);
    }
    for (const unit of reached) {
      for (const callee of this.calleesOf(unit)) {
        if (bundle.has(callee.getSourceFile().fileName)) reached.add(callee);
      }
    }
    return reached;
  }

  calleesOf(unit: Unit): ReadonlySet<Unit> {
    return this.#callees.get(unit) ?? new Set();
  }

  madeBy(unit: Unit): readonly Unit[] {
    return this.#made.get(unit) ?? [];
  }

  nodesOf(unit: Unit): readonly Node[] {
    return this.#nodes.get(unit) ?? [];
  }

  #collect(node: Node, unit: Unit): void {
    const own = this.#nodes.get(unit) ?? [];
    this.#nodes.set(unit, own);
    node.forEachChild((child) => {
      const isHeritage = isExpressionWithTypeArguments(child);
      if ((isTypeNode(child) && !isHeritage) || isImportDeclaration(child)) return;
      if (startsUnit(child)) {
        this.#made.set(unit, [...this.madeBy(unit), child]);
        this.#collect(child, child);
      } else {
        own.push(child);
        this.#collect(child, unit);
      }
    });
  }

  /** Registers a unit under its own declaration and under those of the interfaces that it implements. */
  #declare(unit: Unit): void {
    if (unit.kind === SyntaxKind.SourceFile) return;
    const holder = isArrowFunction(unit) || isFunctionExpression(unit) ? unit.parent : unit;
    this.#register(keyOf(holder), unit);
    const name = memberName(holder);
    if (name === undefined) return;
    for (const type of this.#contracts(holder)) {
      for (const declaration of type.declarations) this.#register(handleKey(declaration), unit);
    }
  }

  /** `const { name } = value` gives the member another name. */
  #declareTaken(unit: Unit): void {
    for (const node of this.nodesOf(unit).filter(isBindingElement)) {
      const symbol = this.#destructured(node);
      for (const one of symbol ? this.#unitsOf(symbol) : []) this.#register(keyOf(node), one);
    }
  }

  /** `{ name }` makes a function a member, called by the name of whatever type the object has. */
  #declareGiven(unit: Unit): void {
    for (const node of this.nodesOf(unit).filter(isShorthandPropertyAssignment)) {
      const symbol = this.checker.getShorthandAssignmentValueSymbol(node);
      const given = symbol ? this.#unitsOf(symbol) : [];
      for (const { declarations } of this.#contracts(node)) {
        for (const declaration of declarations) {
          for (const one of given) this.#register(handleKey(declaration), one);
        }
      }
    }
  }

  #register(key: string, unit: Unit): void {
    const units = this.#units.get(key) ?? [];
    if (!units.includes(unit)) this.#units.set(key, [...units, unit]);
  }

  #unitsOf(symbol: Symbol): Unit[] {
    return this.#declarationsOf(symbol).flatMap(
      (declaration) => this.#units.get(handleKey(declaration)) ?? [],
    );
  }

  #declarationsOf(symbol: Symbol): readonly Symbol['declarations'][number][] {
    const isAlias = symbol.declarations.some(({ kind }) => kind === SyntaxKind.ImportSpecifier);
    return (isAlias ? this.checker.getAliasedSymbol(symbol) : symbol).declarations;
  }

  /** The members of other types that a member of a class or object literal is an implementation of. */
  #contracts(member: Node): Symbol[] {
    const name = memberName(member);
    if (name === undefined) return [];
    if (isObjectLiteralExpression(member.parent)) return this.#contextual(member.parent, name);
    if (!isClassDeclaration(member.parent)) return [];
    const bases = member.parent.heritageClauses?.flatMap((clause) => [...clause.types]) ?? [];
    return bases.flatMap((base) => {
      const type = this.checker.getTypeAtLocation(base);
      const symbol = type && this.checker.getPropertyOfType(type, name);
      return symbol ? [symbol] : [];
    });
  }

  #contextual(literal: ObjectLiteralExpression, name: string): Symbol[] {
    const type = this.checker.getContextualType(literal);
    const symbol = type && this.checker.getPropertyOfType(type, name);
    return symbol ? [symbol] : [];
  }

  #findCallees(unit: Unit): Set<Unit> {
    const callees = new Set<Unit>();
    const nodes = this.nodesOf(unit);
    const names = nodes.filter(
      (node) => (isIdentifier(node) || isPrivateIdentifier(node)) && !isDeclaredName(node),
    );
    for (const symbol of this.checker.getSymbolAtLocation(names)) {
      if (symbol) this.#add(callees, symbol);
    }
    for (const node of nodes.filter(isShorthandPropertyAssignment)) {
      const literal = node.parent;
      if (isObjectLiteralExpression(literal) && this.#isCalledByName(literal, node)) continue;
      const symbol = this.checker.getShorthandAssignmentValueSymbol(node);
      if (symbol) this.#add(callees, symbol);
    }
    for (const literal of nodes.filter(isObjectLiteralExpression)) {
      for (const member of literal.properties) {
        if (this.#isCalledByName(literal, member)) continue;
        for (const own of this.#units.get(keyOf(member)) ?? []) callees.add(own);
      }
    }
    return callees;
  }

  /**
   * Whether all calls of a member go by the name of a type of these modules. Otherwise (no type, or one
   * of a library's) anyone who gets the object could call it.
   */
  #isCalledByName(literal: ObjectLiteralExpression, member: Node): boolean {
    const name = memberName(member);
    if (name === undefined) return true;
    const declarations = this.#contextual(literal, name)
      .flatMap((symbol) => symbol.declarations)
      // While the compiler infers a type argument, the literal's type may be its own.
      .filter((declaration) => handleKey(declaration) !== keyOf(member));
    return (
      declarations.length > 0 && declarations.every(({ path }) => !/\/node_modules\//.test(path))
    );
  }

  #add(callees: Set<Unit>, symbol: Symbol): void {
    for (const declaration of this.#declarationsOf(symbol)) {
      for (const unit of this.#units.get(handleKey(declaration)) ?? []) callees.add(unit);
      if (declaration.kind !== SyntaxKind.ClassDeclaration) continue;
      const file = this.#files.get(declaration.path);
      const made = file && declaration.resolve(this.#project);
      if (made && isClassDeclaration(made)) {
        for (const member of made.members)
          if (isConstructorDeclaration(member)) callees.add(member);
      }
    }
  }

  /** The property that `const { name } = value` takes. */
  #destructured(element: Node): Symbol | undefined {
    if (!isBindingElement(element)) return undefined;
    const taken = element.propertyName ?? element.name;
    // A hole in an array pattern takes nothing.
    if (taken === undefined) return undefined;
    const type = this.checker.getTypeAtLocation(element.parent);
    return isIdentifier(taken) && type
      ? this.checker.getPropertyOfType(type, taken.text)
      : undefined;
  }
}
