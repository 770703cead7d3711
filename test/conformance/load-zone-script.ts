import './node-events.js';
import { createRequire } from 'node:module';

createRequire(import.meta.url)('zone.js');
