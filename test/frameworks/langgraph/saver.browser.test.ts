import { testSaver } from './saver-tests.js';

testSaver();
