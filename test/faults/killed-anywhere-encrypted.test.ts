import { makeKey } from '../encryption/keys.js';
import { describeKilledAnywhere } from './killed-anywhere.js';

describeKilledAnywhere({
  atLeast: 800,
  titles: ['saving a branch, with media'],
  encryption: { key: await makeKey() },
});
