import { useEffect, useRef } from 'react';

interface TitleEditorProps {
  title: string;
  /** `undefined` if it shall stay as it is; `byKey` if it was not left for something else. */
  onDone: (title: string | undefined, byKey: boolean) => void;
}

/** Enter keeps what was written, and so does leaving; Escape does not. */
export function TitleEditor({ title, onDone }: TitleEditorProps) {
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => {
    input.current!.focus();
    input.current!.select();
  }, []);
  const done = (keep: boolean, byKey: boolean) => {
    if (isDone.current) return;
    isDone.current = true;
    const written = input.current!.value.trim();
    onDone(keep && written !== '' && written !== title ? written : undefined, byKey);
  };
  return (
    <input
      ref={input}
      className="title-editor"
      aria-label="Title"
      maxLength={200}
      defaultValue={title}
      onBlur={() => done(true, false)}
      onKeyDown={(event) => {
        // Neither the list nor the page takes keys that are meant for the text.
        event.stopPropagation();
        // That key ends the word, where words are composed of several.
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') done(true, true);
        if (event.key === 'Escape') done(false, true);
      }}
    />
  );
}
