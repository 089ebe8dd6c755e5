/** What libxml2 calls: with two pointers, for nothing. */
export type CalledByLibxml2 = (data: number, error: number) => void;

declare module 'libxml2-wasm/lib/libxml2.mjs' {
  /** Makes a function callable by libxml2; the library has it, but its own types leave it out. */
  export function addFunction(called: CalledByLibxml2, signature: 'vii'): number;
}
