// zone.js as bundlers have it. It replaces the globals of a process, and this file has one of its own.
import './node-events.js';
import 'zone.js';
import { describeUnderZone } from './under-zone.js';

await describeUnderZone('zone.js as a module');
