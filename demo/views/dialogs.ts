import { find, setText } from '../dom.js';

/** Resolves to the new title, or `undefined` if it was left alone. */
export async function askTitle(title: string): Promise<string | undefined> {
  const input = find<HTMLInputElement>('new-title');
  input.value = title;
  const answer = ask('rename');
  input.select();
  return (await answer) === 'rename' ? input.value.trim() || undefined : undefined;
}

export async function confirmDelete(text: string): Promise<boolean> {
  setText(find('delete-text'), text);
  return (await ask('delete')) === 'delete';
}

function ask(id: string): Promise<string> {
  const dialog = find<HTMLDialogElement>(id);
  dialog.returnValue = '';
  dialog.querySelector<HTMLButtonElement>('button[type=button]')!.onclick = () => dialog.close();
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true });
  });
}
