import {
  ApiGatewayV2Client,
  DeleteCorsConfigurationCommand,
  UpdateApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteBucketLifecycleCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { lifecycleRules } from './bucket-lifecycle.ts';
import type { SynthesisedStack } from './cloud-assembly.ts';
import { emulatorClient, type EmulatorAddress } from './emulator-client.ts';
import { physicalNames } from './physical-names.ts';

/**
 * Sets by SDK what the emulator's CloudFormation takes and forgets: expiry of table items, CORS of
 * the HTTP API, reserved concurrency, bucket lifecycles. Everything comes from the templates, and
 * what a template no longer has is taken away again. Safe to repeat.
 */
export async function applyIgnoredSettings(
  address: EmulatorAddress,
  stacks: readonly SynthesisedStack[],
): Promise<void> {
  const clients = {
    formation: emulatorClient(CloudFormationClient, address),
    tables: emulatorClient(DynamoDBClient, address),
    apis: emulatorClient(ApiGatewayV2Client, address),
    functions: emulatorClient(LambdaClient, address),
    buckets: emulatorClient(S3Client, address),
  };
  for (const stack of stacks) {
    const names = await physicalNames(clients.formation, stack.name);
    for (const { logicalId, type, properties } of stack.resources) {
      const name = names.get(logicalId);
      if (name !== undefined) await applyTo(type, name, properties, clients);
    }
  }
  for (const client of Object.values(clients)) client.destroy();
}

interface Clients {
  readonly tables: DynamoDBClient;
  readonly apis: ApiGatewayV2Client;
  readonly functions: LambdaClient;
  readonly buckets: S3Client;
}

async function applyTo(
  type: string,
  name: string,
  properties: Readonly<Record<string, unknown>>,
  clients: Clients,
): Promise<void> {
  switch (type) {
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      await applyExpiry(clients.tables, name, properties['TimeToLiveSpecification']);
      break;
    case 'AWS::ApiGatewayV2::Api':
      await applyCors(clients.apis, name, properties['CorsConfiguration']);
      break;
    case 'AWS::Lambda::Function':
      await applyConcurrency(clients.functions, name, properties['ReservedConcurrentExecutions']);
      break;
    case 'AWS::S3::Bucket':
      await applyLifecycle(clients.buckets, name, properties['LifecycleConfiguration']);
      break;
  }
}

const expirySchema = z.object({ AttributeName: z.string(), Enabled: z.boolean() });

async function applyExpiry(tables: DynamoDBClient, TableName: string, wanted: unknown) {
  const { TimeToLiveDescription: now } = await tables.send(
    new DescribeTimeToLiveCommand({ TableName }),
  );
  const enabled = now?.TimeToLiveStatus === 'ENABLED';
  const expiry = expirySchema.optional().parse(wanted) ?? {
    AttributeName: now?.AttributeName ?? '',
    Enabled: false,
  };
  // DynamoDB refuses to set what is set already.
  if (enabled === expiry.Enabled && (!enabled || now.AttributeName === expiry.AttributeName))
    return;
  await tables.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: expiry }));
}

const corsSchema = z.object({
  AllowCredentials: z.boolean().optional(),
  AllowHeaders: z.array(z.string()).optional(),
  AllowMethods: z.array(z.string()).optional(),
  AllowOrigins: z.array(z.string()).optional(),
  ExposeHeaders: z.array(z.string()).optional(),
  MaxAge: z.number().optional(),
});

async function applyCors(apis: ApiGatewayV2Client, ApiId: string, wanted: unknown) {
  const CorsConfiguration = corsSchema.optional().parse(wanted);
  if (CorsConfiguration === undefined) {
    await apis.send(new DeleteCorsConfigurationCommand({ ApiId }));
  } else {
    await apis.send(new UpdateApiCommand({ ApiId, CorsConfiguration }));
  }
}

async function applyConcurrency(functions: LambdaClient, FunctionName: string, wanted: unknown) {
  const ReservedConcurrentExecutions = z.number().optional().parse(wanted);
  if (ReservedConcurrentExecutions === undefined) {
    await functions.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  } else {
    const limit = { FunctionName, ReservedConcurrentExecutions };
    await functions.send(new PutFunctionConcurrencyCommand(limit));
  }
}

async function applyLifecycle(buckets: S3Client, Bucket: string, wanted: unknown) {
  if (wanted === undefined) {
    await buckets.send(new DeleteBucketLifecycleCommand({ Bucket }));
    return;
  }
  const LifecycleConfiguration = { Rules: lifecycleRules(wanted) };
  await buckets.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }),
  );
}
