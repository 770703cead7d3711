// zone.js as `require` and a CDN have it. It replaces the globals of a process, and this file has one of its own.
import './load-zone-script.js';
import { describeUnderZone } from './under-zone.js';

await describeUnderZone('zone.js as a script');
