import { testSession } from './session.js';

testSession();
