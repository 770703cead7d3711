import { describeAgentick } from './agentick-cases.js';

describeAgentick();
