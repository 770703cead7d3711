import { bare } from '../values/property.js';

export const failedStream = (error: unknown): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.error(error) });

/** A stream that produces a chunk only when its reader asks for one. */
export function streamOf(begin: () => Promise<AsyncGenerator<Uint8Array, void>>): ReadableStream<Uint8Array> {
  let bytes: AsyncGenerator<Uint8Array, void> | undefined;
  return new ReadableStream<Uint8Array>(
    bare({
      async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
        bytes ??= await begin();
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await bytes?.return();
      },
    }),
    bare({ highWaterMark: 0 }),
  );
}
