/** Runs `read` one at a time. However often it is asked for meanwhile, it then runs once more. */
export function coalesce(read: () => Promise<void>): () => void {
  let isRunning = false;
  let again = false;
  const run = async () => {
    isRunning = true;
    do {
      again = false;
      await read();
    } while (again);
    isRunning = false;
  };
  return () => {
    again = true;
    if (!isRunning) void run();
  };
}
