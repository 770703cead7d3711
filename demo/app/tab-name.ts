const NAMES = [
  'Fern',
  'Moss',
  'Willow',
  'Aspen',
  'Clover',
  'Juniper',
  'Laurel',
  'Maple',
  'Olive',
  'Rowan',
  'Sage',
  'Thyme',
];

/** What other tabs call this one; the same after a reload. */
export const tabName = (): string => {
  const known = sessionStorage.getItem('tab');
  if (known) return known;
  const name = `${NAMES[Math.floor(Math.random() * NAMES.length)]} ${Math.floor(Math.random() * 90) + 10}`;
  sessionStorage.setItem('tab', name);
  return name;
};
