import type { Message } from '../../src/index.js';

const text = (text: string, role: Message['role'] = 'user'): Message => ({ role, content: [{ text }] });
const medium = (mark: string): Message => ({
  role: 'user',
  content: [{ media: { url: `data:image/png;base64,${mark.repeat(10_000)}` } }],
});

function linked(mark: string): Message[] {
  const first: Message = { ...text(`first ${mark}`), metadata: {} };
  const second: Message = { ...text(`second ${mark}`), metadata: { to: first } };
  first.metadata!['to'] = second;
  return [first, second];
}

function twice(mark: string): Message {
  const part = { text: mark };
  return { role: 'model', content: [part, part] };
}

/** Lists of messages of all kinds that are stored differently. */
const makers: ((mark: string) => Message[])[] = [
  (mark) => [text(mark)],
  (mark) => [text(`${mark} ${'long '.repeat(150)}`, 'model')],
  () => [],
  () => [medium('A')],
  (mark) => [medium(mark.slice(0, 1)), medium('A'), text(mark)],
  linked,
  (mark) => [text(mark), ...linked(mark), text(mark, 'model')],
  (mark) => Array.from({ length: 5 }, (_, index) => text(`${mark}-${index}`)),
  (mark) => [
    { role: 'tool', content: [], metadata: { at: new Date(0), map: new Map([[mark, new Set([1])]]) } },
  ],
  (mark) => [twice(mark)],
  () => [{ role: 'user', content: [{ data: new Uint8Array(9_000).fill(7) }] }],
  (mark) => [
    Object.freeze({ role: 'user', content: Object.freeze([Object.freeze({ text: mark })]) }) as never,
  ],
  (mark) => [text(`${mark} \ud800 half`), text('')],
  (mark) => [text(mark.repeat(2_000), 'model')],
];

export const messagesFor = (kind: number, mark: string): Message[] => makers[kind % makers.length]!(mark);

/** What a summary says of messages, computed without haste. */
export function summaryOf(messages: readonly Message[] = []): { messages: number; preview: string } {
  const texts = messages.map(({ content }) =>
    content
      .map(({ text = '' }) => text)
      .join('')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  const last = texts.findLast((each) => each !== '') ?? '';
  const graphemes = [...new Intl.Segmenter().segment(last.slice(0, 2_000))].slice(0, 80);
  return { messages: messages.length, preview: graphemes.map(({ segment }) => segment).join('') };
}
