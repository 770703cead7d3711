import { Dialog } from '../app/dialog.js';

/** Storage, keeping, export and import, encryption. */
export default function CarePanel({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Your data" onClose={onClose}>
      <p>…</p>
    </Dialog>
  );
}
