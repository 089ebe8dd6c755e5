/** Where the secrets of targets are kept. */
export interface SecretReader {
  /** Text of a secret; `undefined`: there is none of that name. */
  read(name: string): Promise<string | undefined>;
}
