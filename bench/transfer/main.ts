import { steps } from './steps.js';

Object.assign(window, { steps });
