/** Waits for a request. Listeners are removed, since a cursor's request succeeds again after each move. */
export function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      request.removeEventListener('success', succeed);
      request.removeEventListener('error', fail);
    };
    const succeed = () => {
      end();
      resolve(request.result);
    };
    const fail = () => {
      end();
      reject(request.error);
    };
    request.addEventListener('success', succeed);
    request.addEventListener('error', fail);
  });
}
