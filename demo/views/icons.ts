import { make, makeSvg } from '../dom.js';

const SHAPES = {
  plus: 'M8 3v10M3 8h10',
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
};

export type IconName = keyof typeof SHAPES;

export function icon(name: IconName): SVGSVGElement {
  return makeSvg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    makeSvg('path', { d: SHAPES[name] }),
  );
}

/** A button that shows an icon and is called `label`. */
export function iconButton(name: IconName, label: string): HTMLButtonElement {
  return make('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label }, icon(name));
}
