import { describeTanStackAi } from './persistence.js';

describeTanStackAi();
