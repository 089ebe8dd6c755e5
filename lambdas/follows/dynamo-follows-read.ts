import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoFollowQueries } from './dynamo-follow-queries.ts';
import { followsReader } from './follows-reader.ts';
import type { FollowsRead } from './follows-read.ts';

/**
 * The read port over the table of follows, for other domains' functions. Table name and permissions
 * come together from the construct's `grantRead`; the environment is `followsReadEnvironment`.
 *
 * @param types the declared resource types
 */
export function dynamoFollowsRead(
  client: DynamoDBDocumentClient,
  tableName: string,
  types: readonly string[],
): FollowsRead {
  return followsReader(new DynamoFollowQueries(client, tableName), types);
}
