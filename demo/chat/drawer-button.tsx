import { Icon, type IconName } from '../app/icons.js';

export type DrawerName = 'sessions' | 'branches';

interface DrawerButtonProps {
  name: DrawerName;
  icon: IconName;
  label: string;
  /** The one that is open. */
  drawer: DrawerName | undefined;
  onDrawer: (name: DrawerName) => void;
}

/** Where there is no room for three columns, opens one of the others over the conversation. */
export function DrawerButton({ name, icon, label, drawer, onDrawer }: DrawerButtonProps) {
  return (
    <button
      type="button"
      className="drawer"
      aria-controls={name}
      aria-expanded={drawer === name}
      onClick={() => onDrawer(name)}
    >
      <Icon name={icon} />
      {label}
    </button>
  );
}
