import { describeHanging } from './hanging.js';

describeHanging();
