import { makeKey } from '../encryption/keys.js';
import { describeEveryPoint } from './every-point.js';

describeEveryPoint({ atLeast: 150, isReduced: false, encryption: { key: await makeKey() } });
