import type { ComponentProps } from 'react';

const SHAPES = {
  plus: 'M8 3v10M3 8h10',
  more: 'M4 8h.01M8 8h.01M12 8h.01',
  pencil: 'M10.5 3.5l2 2L6 12l-2.5.5L4 10z',
  bin: 'M3.5 4.5h9M6.5 4.5v-2h3v2M5 4.5l.5 9h5l.5-9',
  again: 'M12.5 8a4.5 4.5 0 1 1-1.6-3.4M12.5 2.5v3h-3',
  back: 'M9.5 4l-4 4 4 4',
  forward: 'M6.5 4l4 4-4 4',
  send: 'M8 13V3.5M4 7.5l4-4 4 4',
  stop: 'M5 5h6v6H5z',
  list: 'M3 4.5h10M3 8h10M3 11.5h6',
  branch: 'M5 3v10M5 10c4.5 0 6-2 6-7',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  pin: 'M6 2.5h4l-.5 4 2.5 2.5H4l2.5-2.5zM8 9v4.5',
  archive: 'M2.5 3.5h11v3h-11zM3.5 6.5v6.5h9V6.5M6.5 9h3',
  search: 'M7 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9zM10.3 10.3l3.2 3.2',
  image: 'M2.5 3.5h11v9h-11zM2.5 10.5l3-3 3 3 2-2 3 3M10.5 6h.01',
  compare: 'M2.5 3.5h4.5v9H2.5zM9 3.5h4.5v9H9z',
  open: 'M9 2.5h4.5V7M13.5 2.5L8 8M11.5 9.5v4h-9v-9h4',
  disk: 'M3 4.5c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zM3 4.5v7c0 1.1 2.2 2 5 2s5-.9 5-2v-7M3 8c0 1.1 2.2 2 5 2s5-.9 5-2',
  settings:
    'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM6 9.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
};

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: IconName;
  label: string;
}

/** A button that shows an icon and is called `label`. */
export function IconButton({ icon, label, className = 'quiet', ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} className={className} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
