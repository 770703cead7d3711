import { describeEveryPoint } from './every-point.js';

// Real transactions are slower than simulated ones; all points are in Node.
describeEveryPoint({ atLeast: 1200, isReduced: true });
