import './at-rest.js';
import './care.js';
import './faults.js';
import './killed.js';
import './lost-meta.js';
import './rotation.js';
import './tampering.js';
import './writers.js';
