import { answerMessages } from './host.js';

const answer = answerMessages();

// TypeScript's types are those of a page.
(globalThis as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = ({ ports: [port] }) => {
  port!.onmessage = answer;
};
