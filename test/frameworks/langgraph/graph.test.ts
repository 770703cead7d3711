import { testGraphs } from './graph-tests.js';

testGraphs();
