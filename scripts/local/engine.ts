import type { LocalPaths } from './paths.ts';
import type { StackFile } from './stack-file.ts';

/** The domains by the ends of their stacks' names; `core` is what no stack can do without. */
export const domains = ['core', 'social', 'convos', 'webhooks', 'push', 'feeds'] as const;
export type Domain = (typeof domains)[number];

export interface EngineContext {
  readonly paths: LocalPaths;
  /** The caller's environment: proxies, PATH, URLs that replace an engine. */
  readonly environment: NodeJS.ProcessEnv;
  readonly ports: { readonly emulator: number; readonly issuer: number };
  readonly report: (progress: string) => void;
  /** Gives up preparing; what a started engine does is for its `stop`. */
  readonly signal: AbortSignal;
}

export interface RunningEngine {
  /** What clients get to know about it. */
  readonly stack: Partial<StackFile>;
  /** The process to look for later, when the engine has one of its own. */
  readonly process?: { readonly pid: number; readonly identity: string };
  /** Settles, with how, when the engine ends by itself. Absent: it cannot end alone. */
  readonly ended?: Promise<string>;
  /** Ends it and everything it started; safe to repeat. */
  readonly stop: () => Promise<void>;
}

/** Something real that the application talks to. Adding one: a file like this, and a line in `engines.ts`. */
export interface Engine {
  readonly name: string;
  /** The domain that goes without when the engine cannot run here. Without `core` there is no stack. */
  readonly domain: Domain;
  /** Throws a `StartError` that names what is missing and how to get it. */
  readonly requirePrerequisites: (context: EngineContext) => Promise<void>;
  readonly start: (context: EngineContext) => Promise<RunningEngine>;
}
