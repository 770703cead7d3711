import { describeEveryPoint } from './every-point.js';

describeEveryPoint({ atLeast: 3200, isReduced: false });
