import type { Turn } from '../variants/variant.js';
import { appendOnly } from './append-only.js';
import { images } from './images.js';
import { tools } from './tools.js';
import { tree } from './tree.js';
import { slidingWindow } from './sliding-window.js';

/** Turns to be saved one after the other, by the name that the driver asks for. */
export const conversations: Record<string, () => Iterable<Turn>> = {
  'chat-100': () => appendOnly(100),
  'chat-500': () => appendOnly(500),
  'chat-1000': () => appendOnly(1000),
  'tools-1000': () => tools(1000),
  window: () => slidingWindow(1000, 40),
  tree: () => tree(20, 50),
  'images-url': () => images('url'),
  'images-blob': () => images('blob'),
};
