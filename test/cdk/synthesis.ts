import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { config } from '../../config/index.ts';
import { sequiturApp } from '../../lib/app.ts';
import type { Config } from '../../lib/define/config.ts';
import { entryMetadata } from '../../lib/functions/node-function.ts';

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface StackTemplate {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

export interface Synthesis {
  app: App;
  /** By the stack's name. */
  templates: Record<string, StackTemplate>;
  /** Entry file below `lambdas/` by the function's logical id. */
  entries: Record<string, string>;
}

/** Context of every synthesis in tests: no bundling, and the issuer that config/ leaves to the deployer. */
export const testContext = {
  'aws:cdk:bundling-stacks': [],
  'sequitur:auth.issuer': 'https://issuer.example.org',
};

/** Synthesises the application, as it ships unless told otherwise, without bundling. */
export function synthesised(
  options: { config?: Config; context?: Record<string, unknown> } = {},
): Synthesis {
  const outdir = mkdtempSync(join(tmpdir(), 'sequitur-synthesis-'));
  try {
    const context = { ...testContext, ...options.context };
    const app = sequiturApp(options.config ?? config, { outdir, context });
    const { stacks } = app.synth();
    return {
      app,
      templates: Object.fromEntries(
        stacks.map((stack) => [
          stack.stackName,
          JSON.parse(readFileSync(stack.templateFullPath, 'utf8')) as StackTemplate,
        ]),
      ),
      entries: entriesOf(app),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function entriesOf(app: App): Record<string, string> {
  const functions = app.node.findAll().filter((construct) => construct instanceof LambdaFunction);
  return Object.fromEntries(
    functions.map((fn) => {
      const entry = fn.node.metadata.find(({ type }) => type === entryMetadata);
      return [fn.stack.getLogicalId(fn.node.defaultChild as never), String(entry?.data)];
    }),
  );
}

export type DescribedResource = Resource & { Properties: Record<string, unknown> };

/** Resources of a type in all stacks, with their logical ids. */
export function resourcesOf({ templates }: Synthesis, type: string): [string, DescribedResource][] {
  return Object.values(templates).flatMap(({ Resources }) =>
    Object.entries(Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]): [string, DescribedResource] => [id, { Properties: {}, ...resource }]),
  );
}
