const END_OF_EVENT = /\r\n\r\n|\n\n|\r\r/;
const END_OF_LINE = /\r\n|\n|\r/;

/** The data of server-sent events. What the server has not finished when it ends is no event. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + decoder.decode(value, { stream: true })).split(END_OF_EVENT);
      rest = events.pop()!;
      for (const event of events) {
        const data = event
          .split(END_OF_LINE)
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trimStart());
        // Some servers say in comments that they are still there.
        if (data.length > 0) yield data.join('\n');
      }
    }
  } finally {
    // Whoever stops listening wants the server to stop, too. A stream that is broken cannot be cancelled.
    await reader.cancel().catch(() => {});
  }
}
