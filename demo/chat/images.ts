import type { ImagePart } from '../turns/content.js';

/** Of one image, in bytes. */
const MOST_BYTES = 5 * 1024 * 1024;

export const imageFiles = (files: Iterable<File> | undefined | null): File[] =>
  [...(files ?? [])].filter(({ type }) => type.startsWith('image/'));

/** Throws an Error that says what to do for an image that is too large. */
export async function readImage(file: File): Promise<ImagePart> {
  if (file.size > MOST_BYTES) throw new Error(`“${file.name}” is larger than 5 MB. Attach a smaller copy.`);
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('The image cannot be read.')));
    reader.readAsDataURL(file);
  });
  return { url, contentType: file.type };
}
