import type { Message, SessionSnapshot } from 'offshoot';

export interface ImagePart {
  url: string;
  contentType?: string | undefined;
}

export const textOf = (message: Message | undefined): string =>
  message?.content.map(({ text }) => text ?? '').join('') ?? '';

export const imagesOf = (message: Message | undefined): ImagePart[] =>
  message?.content.flatMap(({ media }) => (media ? [media] : [])) ?? [];

export function userMessage(text: string, images: readonly ImagePart[]): Message {
  const media = images.map((image) => ({ media: { ...image } }));
  return { role: 'user', content: [...media, ...(text === '' && media.length > 0 ? [] : [{ text }])] };
}

export const modelMessage = (text: string): Message => ({ role: 'model', content: [{ text }] });

/** What one turn adds to its conversation. */
export interface TurnContent {
  prompt: Message | undefined;
  answer: string;
}

/**
 * The turns of a snapshot's state, from the last to the first, one for each snapshot of its path. A turn begins with
 * a message of the user; what other frameworks put in between belongs to the turn that it is in.
 */
export function turnsOf({ state }: Pick<SessionSnapshot, 'state'>): TurnContent[] {
  const turns: TurnContent[] = [];
  for (const message of state?.messages ?? []) {
    if (message.role === 'user' || turns.length === 0) turns.push({ prompt: undefined, answer: '' });
    const turn = turns.at(-1)!;
    if (message.role === 'user') turn.prompt = message;
    else if (message.role === 'model') turn.answer += textOf(message);
  }
  return turns;
}

/** Whether two prompts look the same. */
export function isSamePrompt(a: Message | undefined, b: Message | undefined): boolean {
  if (a === b) return true;
  const urls = (message: Message | undefined) => imagesOf(message).map(({ url }) => url);
  const [left, right] = [urls(a), urls(b)];
  return textOf(a) === textOf(b) && left.length === right.length && left.every((url, i) => url === right[i]);
}
