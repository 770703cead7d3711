import { useId, useState, type FormEvent } from 'react';

/** Shorter ones are guessed too fast by whoever has the files. */
const SHORTEST = 8;

interface PassphraseFormProps {
  onChosen: (passphrase: string) => void;
  onCancel: () => void;
}

export function PassphraseForm({ onChosen, onCancel }: PassphraseFormProps) {
  const id = useId();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (first.length < SHORTEST) setProblem(`Take at least ${SHORTEST} characters; several words are best.`);
    else if (first !== second) setProblem('These are two different passphrases.');
    else onChosen(first);
  };
  const field = (label: string, name: string, value: string, set: (value: string) => void) => (
    <>
      <label htmlFor={id + name}>{label}</label>
      <input
        id={id + name}
        type="password"
        autoComplete="new-password"
        value={value}
        aria-describedby={`${id}-warning ${id}-problem`}
        onChange={(event) => set(event.target.value)}
      />
    </>
  );
  return (
    <form onSubmit={submit}>
      <p id={`${id}-warning`}>
        <strong>Nobody can recover the passphrase.</strong> If you lose it, your chats are lost. It is kept
        nowhere, here or elsewhere.
      </p>
      {field('Passphrase', 'first', first, setFirst)}
      {field('The same again', 'second', second, setSecond)}
      <p id={`${id}-problem`} role="alert" className="problem">
        {problem}
      </p>
      <p className="row">
        <button type="submit" className="primary">
          Encrypt everything
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}
