import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { IndexKeys } from '../lambdas/shared/dynamo/table-keys.ts';
import type { Settings } from './define/settings.ts';

export interface DataTableProps {
  /** Global secondary indexes by name, as the domain's contract defines them. */
  indexes: Readonly<Record<string, IndexKeys>>;
  settings: Settings;
}

/**
 * A domain's table: `pk` and `sk`, on demand, a stream of old and new images, time to live in
 * `expiresAt`, point-in-time recovery, and (setting `installation.retainData`) kept and protected
 * when its stack is deleted.
 */
export function dataTable(scope: Construct, id: string, props: DataTableProps): TableV2 {
  const { retainData } = props.settings.installation;
  return new TableV2(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: retainData,
    removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    globalSecondaryIndexes: Object.entries(props.indexes).map(([indexName, keys]) => ({
      indexName,
      partitionKey: { name: keys.partitionKey, type: AttributeType.STRING },
      sortKey: { name: keys.sortKey, type: AttributeType.STRING },
      ...projectionOf(keys),
    })),
  });
}

function projectionOf({ projection }: IndexKeys) {
  if (projection === 'all') return { projectionType: ProjectionType.ALL };
  if (projection === 'keys') return { projectionType: ProjectionType.KEYS_ONLY };
  return { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projection.include] };
}
