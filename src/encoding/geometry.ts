/** The numbers that a geometry object consists of, by its kind. */
const NUMBERS: Record<string, (value: any) => number[]> = {
  DOMPoint: ({ x, y, z, w }) => [x, y, z, w],
  DOMRect: ({ x, y, width, height }) => [x, y, width, height],
  DOMQuad: ({ p1, p2, p3, p4 }) => [p1, p2, p3, p4].flatMap(({ x, y, z, w }) => [x, y, z, w]),
  // A flat matrix is encoded with fewer numbers, since its numbers alone do not show that it is flat.
  DOMMatrix: (matrix) => [...matrix.toFloat64Array()].filter((_, n) => !matrix.is2D || FLAT.includes(n)),
};

/** The indexes of a flat matrix's numbers in a 4×4 matrix. */
const FLAT = [0, 1, 4, 5, 12, 13];

const kindOf = (tag: string) => tag.replace('ReadOnly', '');

/** `undefined` for anything else. */
export const geometryOf = (tag: string, value: object): number[] | undefined => NUMBERS[kindOf(tag)]?.(value);

/** `undefined` if no such object has so many numbers, or if the class is missing here. */
export function shapeOf(tag: string, numbers: readonly number[]): unknown {
  const Shape = (globalThis as any)[tag];
  const { length } = numbers;
  const kind = kindOf(tag);
  if (typeof Shape !== 'function' || !(kind in NUMBERS)) return undefined;
  if (kind === 'DOMMatrix') return length === 6 || length === 16 ? new Shape(numbers) : undefined;
  if (kind === 'DOMQuad' && length === 16) {
    const point = (from: number) => shapeOf('DOMPoint', numbers.slice(from, from + 4));
    return new Shape(point(0), point(4), point(8), point(12));
  }
  const [a, b, c, d] = numbers;
  return length === 4 ? new Shape(a, b, c, d) : undefined;
}
