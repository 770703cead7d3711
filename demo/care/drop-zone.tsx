import { useEffect, useRef, useState } from 'react';

/** Images belong to the message that is being written. */
const isOurs = ({ kind, type }: DataTransferItem) => kind === 'file' && !type.startsWith('image/');

/** Takes a file that is dropped anywhere on the page. */
export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const [isOver, setIsOver] = useState(false);
  const take = useRef(onFile);
  take.current = onFile;
  useEffect(() => {
    const end = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      addEventListener(type, listener, { signal: end.signal });
    on('dragover', (event) => {
      if (event.defaultPrevented || ![...(event.dataTransfer?.items ?? [])].some(isOurs)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = 'copy';
      setIsOver(true);
    });
    on('dragleave', (event) => {
      // Only when it leaves the page comes it from nowhere.
      if (!event.relatedTarget) setIsOver(false);
    });
    on('drop', (event) => {
      setIsOver(false);
      if (event.defaultPrevented) return;
      const file = [...(event.dataTransfer?.items ?? [])].find(isOurs)?.getAsFile();
      if (!file) return;
      event.preventDefault();
      take.current(file);
    });
    return () => end.abort();
  }, []);
  return isOver && <div className="drop-zone">Drop the file to import its chats</div>;
}
