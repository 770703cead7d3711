import type { Part } from 'offshoot';
import type { Turn } from '../variants/variant.js';
import { Chat } from './chat.js';
import { SESSION } from './session.js';
import { random } from './text.js';

const TURNS = 20;
const IMAGE_BYTES = 512 * 1024;

/** 20 turns; every other one brings an image, 5 MB in all. */
export function* images(form: 'url' | 'blob'): Iterable<Turn> {
  const attach = (order: number) => (order % 2 === 0 ? [form === 'url' ? asUrl(order) : asBlob(order)] : []);
  const chat = new Chat(SESSION, { attach });
  for (let turn = 0; turn < TURNS; turn++) yield chat.next();
}

/** Noise, as compressed images are. */
function pixels(seed: number): Uint8Array<ArrayBuffer> {
  const next = random(seed);
  return Uint8Array.from({ length: IMAGE_BYTES }, () => next() * 256);
}

const contentType = 'image/png';

function asBlob(seed: number): Part {
  return { data: { image: new Blob([pixels(seed)], { type: contentType }) } };
}

function asUrl(seed: number): Part {
  const bytes = pixels(seed);
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return { media: { contentType, url: `data:${contentType};base64,${btoa(binary)}` } };
}
