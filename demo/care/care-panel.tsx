import { Dialog } from '../app/dialog.js';
import { EncryptionSection } from './encryption-section.js';
import { ExportSection } from './export-section.js';
import { ImportSection } from './import-section.js';
import { StorageSection } from './storage-section.js';

interface CarePanelProps {
  /** What was dropped on the page. */
  file?: File;
  onClose: () => void;
}

/** Storage, keeping, export and import, encryption. */
export default function CarePanel({ file, onClose }: CarePanelProps) {
  return (
    <Dialog title="Your data" className="care" onClose={onClose}>
      <StorageSection onLeave={onClose} />
      <ExportSection />
      <ImportSection dropped={file} />
      <EncryptionSection />
    </Dialog>
  );
}
