import { describeStructure } from './structure.js';

describeStructure('plain', () => ({}));
