import { validateSaver } from './validate.js';

validateSaver();
