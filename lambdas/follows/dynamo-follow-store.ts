import { transact } from '../shared/dynamo/transaction.ts';
import type { TransactionItem } from '../shared/dynamo/transaction.ts';
import { rfc3339 } from '../shared/identifier.ts';
import { typeOf } from '../shared/resource-ref.ts';
import {
  counterKey,
  edgeItem,
  edgeKey,
  endedDays,
  endedKey,
  erasureKey,
  listKey,
} from './dynamo-follow-items.ts';
import { DynamoFollowQueries } from './dynamo-follow-queries.ts';
import { reverseOf } from './follow.ts';
import { counterName } from './follow-store.ts';
import type { Commit, FollowStore, FollowWrite, Side, UnfollowWrite } from './follow-store.ts';
import type { FollowPair } from './follows-read.ts';

/** Where the counters of the two sides stand among the items of a transaction. */
const counterPlaces = { follower: 0, followed: 1 } as const;

const secondsPerDay = 86_400;

/**
 * Keeps follows in their table. Write units by AWS's rules (2 for each item of a transaction, 1 for
 * each index entry): a follow 10, closing a friendship 12; ending one 12, a friendship 14.
 */
export class DynamoFollowStore extends DynamoFollowQueries implements FollowStore {
  async commitFollow(write: FollowWrite): Promise<Commit> {
    return this.#commit([
      ...this.#counters(write, 1, write.friendship !== undefined),
      {
        Put: {
          TableName: this.tableName,
          Item: edgeItem(write),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      write.friendship
        ? this.#befriend(reverseOf(write), write.friendship)
        : this.#noEdge(reverseOf(write)),
    ]);
  }

  async commitUnfollow(write: UnfollowWrite): Promise<Commit> {
    const { follower, followed, followId, reverseFollowId, endedAtMs, reason, erasure } = write;
    const friend = reverseFollowId !== undefined;
    const items: TransactionItem[] = [
      ...this.#counters(write, -1, friend),
      {
        Delete: {
          TableName: this.tableName,
          Key: edgeKey(write),
          ...isFollow(followId),
        },
      },
      friend ? this.#unfriend(reverseOf(write), reverseFollowId) : this.#noEdge(reverseOf(write)),
      {
        Put: {
          TableName: this.tableName,
          Item: {
            ...endedKey(follower, followId),
            followed,
            endedAt: rfc3339(endedAtMs),
            friend,
            reason,
            expiresAt: Math.ceil(endedAtMs / 1000) + endedDays * secondsPerDay,
          },
        },
      },
    ];
    if (erasure) items.push(this.#countErased(erasure));
    return this.#commit(items);
  }

  async #commit(items: TransactionItem[]): Promise<Commit> {
    const result = await transact(this.client, items);
    if (result.outcome === 'done') return result;
    if (result.obstacles.includes('condition')) return { outcome: 'stale' };
    const sides: Side[] = ['follower', 'followed'];
    const counters = sides.filter((side) => result.obstacles[counterPlaces[side]] !== 'none');
    return { outcome: 'busy', counters };
  }

  #counters(write: FollowWrite | UnfollowWrite, step: 1 | -1, friend: boolean): TransactionItem[] {
    const { follower, followed, shards } = write;
    const update = (
      [ref, shard]: readonly [string, number],
      list: 'followers' | 'followings',
      otherType: string,
    ): TransactionItem => ({
      Update: {
        TableName: this.tableName,
        Key: counterKey(ref, shard),
        UpdateExpression: friend
          ? 'ADD writes :one, #list :step, #friends :step'
          : 'ADD writes :one, #list :step',
        ExpressionAttributeNames: {
          '#list': counterName(list, otherType),
          ...(friend && { '#friends': counterName('friends', otherType) }),
        },
        ExpressionAttributeValues: { ':one': 1, ':step': step },
      },
    });
    // In the order of counterPlaces.
    return [
      update([follower, shards.follower], 'followings', typeOf(followed)),
      update([followed, shards.followed], 'followers', typeOf(follower)),
    ];
  }

  #noEdge(pair: FollowPair): TransactionItem {
    return {
      ConditionCheck: {
        TableName: this.tableName,
        Key: edgeKey(pair),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
  }

  #befriend(
    pair: FollowPair,
    { reverseFollowId, friendId }: NonNullable<FollowWrite['friendship']>,
  ): TransactionItem {
    const { ExpressionAttributeValues, ConditionExpression } = isFollow(reverseFollowId);
    return {
      Update: {
        TableName: this.tableName,
        Key: edgeKey(pair),
        UpdateExpression: 'SET friendId = :friendId, friendKey = :friendKey',
        ConditionExpression,
        ExpressionAttributeValues: {
          ...ExpressionAttributeValues,
          ':friendId': friendId,
          ':friendKey': listKey(pair.follower, typeOf(pair.followed)),
        },
      },
    };
  }

  #unfriend(pair: FollowPair, followId: string): TransactionItem {
    return {
      Update: {
        TableName: this.tableName,
        Key: edgeKey(pair),
        UpdateExpression: 'REMOVE friendId, friendKey',
        ...isFollow(followId),
      },
    };
  }

  #countErased({ ref, erasureId }: { ref: string; erasureId: string }): TransactionItem {
    return {
      Update: {
        TableName: this.tableName,
        Key: erasureKey(ref),
        UpdateExpression: 'SET parts.follows.removed = parts.follows.removed + :one',
        ConditionExpression: 'erasureId = :erasureId',
        ExpressionAttributeValues: { ':one': 1, ':erasureId': erasureId },
      },
    };
  }
}

function isFollow(followId: string) {
  return {
    ConditionExpression: 'followId = :followId',
    ExpressionAttributeValues: { ':followId': followId },
  };
}
