import { describeConnection } from './connection.js';

describeConnection();
