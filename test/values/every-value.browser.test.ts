import { describeEveryValue } from './every-value.js';

describeEveryValue();
