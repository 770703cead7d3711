// As much of `@strands-agents/sdk` as this adapter uses, so that it compiles where the framework is not installed. What
// is published names the framework's own class; `npm run typecheck:frameworks` compiles the adapter with that as well.

declare module '@strands-agents/sdk' {
  export class StorageError extends Error {
    constructor(message: string, options?: ErrorOptions);
  }
}
