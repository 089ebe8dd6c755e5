/** Whether something thrown is an error, also one of another realm: Node.js has its own where code is run apart. */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
}
