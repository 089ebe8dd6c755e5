import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { tellErrorsApart } from '../../shared/aws-client.ts';
import type { SecretReader } from './secret-reader.ts';

/** Reads secrets from Secrets Manager. */
export class SecretsManagerSecretReader implements SecretReader {
  readonly #client: SecretsManagerClient;

  constructor(client: SecretsManagerClient) {
    this.#client = client;
    tellErrorsApart(client);
  }

  async read(name: string): Promise<string | undefined> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: name }),
      );
      return SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
