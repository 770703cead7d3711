import { inChromium } from '../environment.js';
import { describeEveryPoint } from './every-point.js';

// Real transactions are slower than simulated ones; all points are in Node.
describeEveryPoint(inChromium ? { atLeast: 1200, isReduced: true } : { atLeast: 3200, isReduced: false });
