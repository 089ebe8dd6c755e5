/** Seals signing secrets, so that what is stored tells nothing. */
export interface SecretBox {
  /** Sealed for one hook: it opens for no other. */
  seal(secret: string, hook: string): Promise<string>;
  open(sealed: string, hook: string): Promise<string>;
}
