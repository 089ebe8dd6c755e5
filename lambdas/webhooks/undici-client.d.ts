/**
 * undici's client by itself: the package's own entry would bring its fetch, caches, proxies and
 * WebSockets along into every bundle.
 */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';

  export default Client;
}
