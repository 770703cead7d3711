import { createRoot } from 'react-dom/client';
import type { Root } from './page.js';

/** Draws in a document. */
export const makeRoot = (): Root => createRoot(document.createElement('div'));
