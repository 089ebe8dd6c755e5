export interface EmulatorAddress {
  readonly awsEndpoint: string;
  readonly region: string;
}

/** The account of every emulator that takes any credentials. */
export const emulatorAccount = '000000000000';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof credentials;
  readonly forcePathStyle: true;
}

/** An SDK client for the emulator, whatever AWS settings this machine has. */
export function emulatorClient<Client>(
  Type: new (settings: ClientSettings) => Client,
  { awsEndpoint, region }: EmulatorAddress,
): Client {
  return new Type({ endpoint: awsEndpoint, region, credentials, forcePathStyle: true });
}

/** The same for a program that reads its AWS settings from the environment. */
export function emulatorVariables({
  awsEndpoint,
  region,
}: EmulatorAddress): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: awsEndpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Instead of the files in the home folder.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}
