import type { Message, SessionSnapshot } from 'offshoot';

export interface ImagePart {
  url: string;
  contentType?: string | undefined;
}

/** What an imported file says may have any shape: what is not as expected is left out. */
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Without holes: there may be more of them than anybody could go through. */
const elementsOf = (value: unknown): unknown[] => (Array.isArray(value) ? Object.values(value) : []);

const partsOf = (message: Message | undefined) => elementsOf(message?.content).filter(isObject);

/** Of those that an imported file says there are, the messages. */
export const messagesIn = (messages: unknown): Message[] =>
  elementsOf(messages).filter(isObject) as unknown as Message[];

export const textOf = (message: Message | undefined): string =>
  partsOf(message)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');

export const imagesOf = (message: Message | undefined): ImagePart[] =>
  partsOf(message).flatMap(({ media }) =>
    isObject(media) && typeof media['url'] === 'string' ? [media as unknown as ImagePart] : [],
  );

/** Whether to show an image tells nobody that it is shown. */
export const isOwnImage = ({ url }: ImagePart): boolean => /^(?:data:image\/|blob:)/i.test(url);

export function userMessage(text: string, images: readonly ImagePart[]): Message {
  const media = images.map((image) => ({ media: { ...image } }));
  return { role: 'user', content: [...media, ...(text === '' && media.length > 0 ? [] : [{ text }])] };
}

export const modelMessage = (text: string): Message => ({ role: 'model', content: [{ text }] });

/** What one turn adds to its conversation. */
export interface TurnContent {
  prompt: Message | undefined;
  answer: string;
  /** Where its first and its last message are among all. */
  first: number;
  last: number;
}

/**
 * The turns of a snapshot's state. A turn begins with a message of the user; what other frameworks put in between
 * belongs to the turn that it is in.
 */
export function turnsOf(snapshot: Pick<SessionSnapshot, 'state'> | undefined): TurnContent[] {
  const turns: TurnContent[] = [];
  const messages: unknown = snapshot?.state?.messages;
  for (const [index, message] of Object.entries(Array.isArray(messages) ? messages : [])) {
    if (!isObject(message)) continue;
    const at = Number(index);
    const isPrompt = message['role'] === 'user';
    if (isPrompt || turns.length === 0) turns.push({ prompt: undefined, answer: '', first: at, last: at });
    const turn = turns.at(-1)!;
    turn.last = at;
    if (isPrompt) turn.prompt = message as unknown as Message;
    else if (message['role'] === 'model') turn.answer += textOf(message as unknown as Message);
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
