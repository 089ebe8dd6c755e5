import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const assetsSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({ destinations: z.record(z.string(), z.object({ bucketName: z.string() })) }),
    )
    .default({}),
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

export interface SynthesisedStack {
  readonly name: string;
  readonly resources: readonly TemplateResource[];
}

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The stacks that a `cdk synth` left in the folder. */
export async function readStacks(assembly: string): Promise<SynthesisedStack[]> {
  const manifest = manifestSchema.parse(await readJson(join(assembly, 'manifest.json')));
  const stacks = Object.entries(manifest.artifacts).flatMap(([id, { type, properties }]) =>
    type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined
      ? [{ name: properties.stackName ?? id, file: properties.templateFile }]
      : [],
  );
  return Promise.all(
    stacks.map(async ({ name, file }) => {
      const { Resources } = templateSchema.parse(await readJson(join(assembly, file)));
      const resources = Object.entries(Resources).map(([logicalId, { Type, Properties }]) => ({
        logicalId,
        type: Type,
        properties: Properties,
      }));
      return { name, resources };
    }),
  );
}

/** The buckets that the stacks' assets go to, which `cdk bootstrap` makes in a real account. */
export async function readAssetBuckets(
  assembly: string,
  account: string,
  region: string,
): Promise<string[]> {
  const files = (await readdir(assembly)).filter((file) => file.endsWith('.assets.json'));
  const buckets = new Set<string>();
  for (const file of files) {
    const assets = assetsSchema.parse(await readJson(join(assembly, file)));
    for (const { destinations } of Object.values(assets.files)) {
      for (const { bucketName } of Object.values(destinations)) {
        buckets.add(
          bucketName.replace('${AWS::AccountId}', account).replace('${AWS::Region}', region),
        );
      }
    }
  }
  return [...buckets];
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
