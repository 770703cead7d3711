import { describeKilledAnywhere } from './killed-anywhere.js';

describeKilledAnywhere({
  atLeast: 900,
  troubled: 'saving a branch, with media',
  stride: 1,
  titles: ['saving a branch, with media', 'rewriting with less', 'saves that share a transaction'],
});
