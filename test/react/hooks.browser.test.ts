import { createRoot } from 'react-dom/client';
import { describeHooks } from './hooks.js';

describeHooks(() => createRoot(document.createElement('div')));
