/** All of Node that a plugin for Vite uses; the library is built without Node's types. */
declare module 'node:url' {
  export function fileURLToPath(url: URL): string;
}
