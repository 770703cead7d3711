import { toastError } from '../app/toasts.js';
import { prepareChromeModel, useChromeStatus } from './chrome-status.js';

/** How far the browser is with its own model. */
export function ChromeDetails() {
  const { availability, progress } = useChromeStatus();
  if (progress !== undefined) {
    return (
      <p className="hint">
        Downloading… <progress value={progress} aria-label="Download of the built-in model" />{' '}
        {Math.round(progress * 100)} %
      </p>
    );
  }
  if (availability === 'unavailable') return <p className="hint">This browser does not have it any more.</p>;
  return (
    <p className="hint">
      Runs on this computer, offline.
      {availability === 'downloading' && ' The browser is downloading it.'}
      {availability === 'downloadable' && (
        <>
          {' '}
          The browser has to download it first, some gigabytes.
          <button type="button" onClick={() => void prepareChromeModel().catch(toastError)}>
            Download
          </button>
        </>
      )}
    </p>
  );
}
