import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acknowledgePlainHttp } from './plain-http.ts';

export interface AlarmTopicProps {
  /** Who gets the alarms by mail; empty: nobody. */
  email: string;
  /** See `Core.tlsOnly`. */
  tlsOnly: boolean;
}

/**
 * The topic that every alarm tells. A policy of its own, such as the one that demands TLS, takes the
 * place of the default by which CloudWatch may publish; so it is allowed here, for alarms of this
 * account.
 */
export function alarmTopic(scope: Construct, id: string, props: AlarmTopicProps): Topic {
  const topic = new Topic(scope, id, { enforceSSL: props.tlsOnly });
  if (!props.tlsOnly) acknowledgePlainHttp(topic);
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (props.email !== '') topic.addSubscription(new EmailSubscription(props.email));
  return topic;
}
