import { describeThreads } from './threads.js';

describeThreads();
