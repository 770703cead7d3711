/** What a bundler calls of a plugin here. Structural, so that it fits whichever Vite is installed. */
export interface GenkitPlugin {
  name: string;
  enforce?: 'pre' | 'post';
  applyToEnvironment?(environment: { config: { consumer: string } }): boolean;
  config?(): Promise<object>;
  resolveId?(this: Resolver, source: string, importer: string | undefined): Promise<string | undefined>;
  load?(id: string): string | undefined;
  transform?(code: string, id: string): Promise<Transformed | undefined>;
}

interface Transformed {
  code: string;
  /** No map: lines stay where they are. */
  map?: null;
}

/** The part of a hook's `this` that is used. */
interface Resolver {
  resolve(source: string, importer: string, options: { skipSelf: boolean }): Promise<{ id: string } | null>;
}

/** Servers, of frameworks that render there, run Genkit as it is. */
export const inPagesOnly: Pick<GenkitPlugin, 'applyToEnvironment'> = {
  applyToEnvironment: ({ config }) => config.consumer === 'client',
};
