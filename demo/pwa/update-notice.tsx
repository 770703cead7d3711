/** Registers the service worker, and says when there is a new version. */
export function UpdateNotice() {
  return null;
}
