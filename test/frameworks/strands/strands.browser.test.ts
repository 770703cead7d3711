import { InMemoryStorage } from '@strands-agents/sdk/storage';
import { describeOurs } from './our-cases.js';
import { describeStorage } from './storage-cases.js';

describeStorage("the SDK's InMemoryStorage", () => new InMemoryStorage());
describeOurs();
