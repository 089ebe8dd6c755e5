import type { CallGraph, Unit } from './call-graph.ts';

/** Where `Upload` and commands of S3 act. */
type Place = 'objects' | 'bucket';

/** Who may not list a bucket is not told that an object is missing, which all who read want to know. */
const reading = [
  ['s3:GetObject', 'objects'],
  ['s3:ListBucket', 'bucket'],
] as const;

/** IAM actions that commands of S3 need, by the command's name without `Command`. */
const actionsOfCommand: Readonly<Record<string, readonly (readonly [string, Place])[]>> = {
  GetObject: reading,
  HeadObject: reading,
  ListObjectsV2: [['s3:ListBucket', 'bucket']],
  PutObject: [['s3:PutObject', 'objects']],
  CopyObject: [['s3:PutObject', 'objects']],
  DeleteObjects: [['s3:DeleteObject', 'objects']],
  /** Of `@aws-sdk/lib-storage`, which sends what is large in parts. */
  Upload: [
    ['s3:PutObject', 'objects'],
    ['s3:AbortMultipartUpload', 'objects'],
  ],
};

/** Buckets that the files of adapters work on, by the environment that names them. */
const bucketsOfFiles: Readonly<Record<string, string>> = {
  'push/content/s3-binary-store.ts': 'BINARIES_BUCKET',
  'push/export/s3-outbox.ts': 'EXPORTS_BUCKET',
  'push/export/s3-exports.ts': 'EXPORTS_BUCKET',
  'push/send/s3-sender.ts': 'BUCKETS_OF_TARGETS',
};

/** Files that are copied are those of content. */
const copiedFrom = 'BINARIES_BUCKET';

/** What a command of S3 does in a unit, or nothing when it is none of S3's. */
export function s3UsesOf(
  graph: CallGraph,
  reached: ReadonlySet<Unit>,
  unit: Unit,
  command: string,
): string[] | undefined {
  const actions = actionsOfCommand[command];
  if (actions === undefined) return undefined;
  const done = bucketsOf(graph, reached, unit).flatMap((bucket) =>
    actions.map(([action, place]) => use(action, place, bucket)),
  );
  const read = reading.map(([action, place]) => use(action, place, copiedFrom));
  return command === 'CopyObject' ? [...done, ...read] : done;
}

function use(action: string, place: Place, bucket: string): string {
  return `${action} ${bucket}${place === 'objects' ? '/*' : ''}`;
}

/** Buckets of the adapter that a unit is of, or of those that call it. */
function bucketsOf(graph: CallGraph, reached: ReadonlySet<Unit>, unit: Unit): string[] {
  const buckets = new Set<string>();
  const seen = new Set([unit]);
  for (const one of seen) {
    const file = one.getSourceFile().fileName.split('/lambdas/')[1] ?? '';
    const bucket = bucketsOfFiles[file];
    if (bucket !== undefined) {
      buckets.add(bucket);
      continue;
    }
    for (const caller of reached) if (graph.calleesOf(caller).has(one)) seen.add(caller);
  }
  if (buckets.size === 0)
    throw new Error(`on which bucket works ${unit.getSourceFile().fileName}?`);
  return [...buckets];
}
