import { describeSaving } from './saving.js';

describeSaving();
