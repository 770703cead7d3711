import { testStore } from './store-tests.js';

testStore();
