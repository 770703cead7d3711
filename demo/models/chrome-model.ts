import type { Message } from 'offshoot';
import { imagesOf, textOf } from '../turns/content.js';
import { monitor } from './chrome-status.js';
import type { Model } from './model.js';
import { OUTPUT, promptApi, type PromptMessage, type PromptSession } from './prompt-api.js';

/** The model that Chrome has itself: nothing leaves the computer. */
export const chromeModel: Model = {
  id: 'chrome',
  label: 'Chrome’s built-in model',
  async *answer({ messages, signal }) {
    const prompts = messages.flatMap(promptFor);
    const session = await begin(prompts.slice(0, -1), hasImages(messages), signal);
    const reader = session.promptStreaming(prompts.slice(-1), { signal }).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw explained(error);
    } finally {
      await reader.cancel().catch(() => {});
      session.destroy();
    }
  },
};

/** A session is cheap beside an answer, and what was said on another branch is in none of it. */
async function begin(
  initialPrompts: PromptMessage[],
  withImages: boolean,
  signal: AbortSignal,
): Promise<PromptSession> {
  const expectedInputs = withImages
    ? [{ type: 'text' as const }, { type: 'image' as const }]
    : [{ type: 'text' as const }];
  try {
    return await promptApi()!.create({ initialPrompts, expectedInputs, ...OUTPUT, monitor, signal });
  } catch (error) {
    throw explained(error);
  }
}

const EXPLANATIONS: Record<string, string> = {
  QuotaExceededError: 'This branch is too long for the built-in model. Go on from an earlier turn.',
  NotAllowedError: 'The built-in model has to be downloaded first: open the model settings.',
  NotSupportedError: 'The built-in model cannot read what is in this branch.',
};

function explained(error: unknown): unknown {
  const explanation = error instanceof Error ? EXPLANATIONS[error.name] : undefined;
  return explanation === undefined ? error : new Error(explanation, { cause: error });
}

/** What is elsewhere is not fetched: that would tell the place who asks. */
const ownImagesOf = (message: Message) => imagesOf(message).filter(({ url }) => url.startsWith('data:'));

const hasImages = (messages: readonly Message[]) => messages.some((each) => ownImagesOf(each).length > 0);

const ROLES = { system: 'system', user: 'user', model: 'assistant', tool: undefined } as const;

function promptFor(message: Message): PromptMessage[] {
  const role = Object.hasOwn(ROLES, message.role) ? ROLES[message.role] : undefined;
  if (role === undefined) return [];
  const images = ownImagesOf(message).map(({ url }) => ({ type: 'image' as const, value: blobOf(url) }));
  return [{ role, content: [...images, { type: 'text', value: textOf(message) }] }];
}

/** Not with `fetch`: the Content-Security-Policy keeps it from everything but servers. */
function blobOf(dataUrl: string): Blob {
  const [head = '', data = ''] = dataUrl.split(',', 2);
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: head.slice('data:'.length).split(';')[0]! });
}
