export { stopSharedDynamoDbLocal as default } from './dynamodb-local-setup.ts';
