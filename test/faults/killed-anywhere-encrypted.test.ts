import { makeKey } from '../encryption/keys.js';
import { describeKilledAnywhere } from './killed-anywhere.js';

describeKilledAnywhere({
  atLeast: 900,
  troubled: 'saving a branch, with media',
  stride: 5,
  titles: ['saving a branch, with media'],
  encryption: { key: await makeKey() },
});
