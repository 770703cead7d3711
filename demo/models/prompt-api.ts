/**
 * What of Chrome's Prompt API is used here. TypeScript does not know it yet, and other browsers do not have it.
 * https://webmachinelearning.github.io/prompt-api/
 */
export interface PromptApi {
  availability(options?: PromptOptions): Promise<Availability>;
  create(options: CreateOptions): Promise<PromptSession>;
}

export type Availability = 'unavailable' | 'downloadable' | 'downloading' | 'available';

export interface PromptOptions {
  expectedInputs?: { type: 'text' | 'image' }[];
  expectedOutputs?: { type: 'text'; languages: string[] }[];
}

/** Chrome wants to know a language, and knows few. Others are answered all the same. */
export const OUTPUT: Pick<PromptOptions, 'expectedOutputs'> = {
  expectedOutputs: [{ type: 'text', languages: ['en'] }],
};

interface CreateOptions extends PromptOptions {
  initialPrompts?: PromptMessage[];
  /** Is called with what fires `downloadprogress`, whose `loaded` goes from 0 to 1. */
  monitor?: (monitor: EventTarget) => void;
  signal?: AbortSignal;
}

export interface PromptMessage {
  role: 'system' | 'user' | 'assistant';
  content: ({ type: 'text'; value: string } | { type: 'image'; value: Blob })[];
}

export interface PromptSession {
  promptStreaming(input: PromptMessage[], options?: { signal?: AbortSignal }): ReadableStream<string>;
  destroy(): void;
}

export const promptApi = (): PromptApi | undefined =>
  (globalThis as { LanguageModel?: PromptApi }).LanguageModel;
