import './at-rest.js';
import './care.js';
import './faults.js';
import './rotation.js';
import './tampering.js';
import './writers.js';
