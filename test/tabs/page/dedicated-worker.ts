import { answerMessages } from './host.js';

globalThis.onmessage = answerMessages();
