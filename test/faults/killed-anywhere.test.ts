import { describeKilledAnywhere } from './killed-anywhere.js';

describeKilledAnywhere({
  atLeast: 500,
  titles: ['saving a branch, with media', 'rewriting with less', 'saves that share a transaction'],
});
