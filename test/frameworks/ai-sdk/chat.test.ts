import { describeAiSdk } from './chat.js';

describeAiSdk();
