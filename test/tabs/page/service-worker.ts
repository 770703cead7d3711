import { answerMessages } from './host.js';

const answer = answerMessages();

globalThis.addEventListener('message', answer);
