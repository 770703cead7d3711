import { createContext, lazy, Suspense, useContext, useState, type ComponentType } from 'react';

/** Tries once more. */
const Again = createContext(() => {});

/**
 * A part of the page that is in a file of its own. A file may be out of reach, or have gone with an older release: then a
 * message stands in its place, with another try, and the rest of the page goes on.
 */
export function loadedLater<P extends object>(
  name: string,
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> {
  const Lost = () => <Missing name={name} />;
  const begin = () => lazy<ComponentType<P>>(() => load().catch(() => ({ default: Lost })));
  let Part = begin();
  return function LoadedLater(props: P) {
    const [, setTry] = useState(0);
    const again = () => {
      Part = begin();
      setTry((before) => before + 1);
    };
    return (
      <Again value={again}>
        <Suspense>
          <Part {...props} />
        </Suspense>
      </Again>
    );
  };
}

function Missing({ name }: { name: string }) {
  const again = useContext(Again);
  return (
    <p className="failure unloaded" role="alert">
      {name} cannot be loaded: you are offline, or a new version has replaced it.{' '}
      <button type="button" onClick={again}>
        Try again
      </button>{' '}
      <button type="button" onClick={() => location.reload()}>
        Reload the page
      </button>
    </p>
  );
}
