// Checks for values from a database or a file: only own properties count, whatever a page has added to all objects. Zod
// reads inherited ones, and its own tables with them.
import { type Issue, list, object, ownOf, record, satisfying, type Schema, type Shape } from './schema.js';

const under = (key: PropertyKey, issue: Issue | undefined): Issue | undefined =>
  issue && { ...issue, path: [key, ...(issue.path ?? [])] };

/** An object with exactly these properties. */
export const exactly = (shape: Shape): Schema => {
  const known = object(shape);
  return (value) => {
    const issue = known(value);
    if (issue) return issue;
    const stranger = Object.keys(value as object).find((key) => !Object.hasOwn(shape, key));
    return stranger === undefined ? undefined : { message: `has "${stranger}", which is not known` };
  };
};

/** A discriminated union by `type`. */
export const byType = (shapes: Record<string, Shape>): Schema => {
  const schemas = new Map(
    Object.entries(shapes).map(([type, shape]) => [
      type as unknown,
      exactly({ type: oneOf(type), ...shape }),
    ]),
  );
  const type = satisfying((name) => schemas.has(name), [...schemas.keys()].join(', '));
  return (value) => {
    const issue = record(value);
    if (issue) return issue;
    const own = ownOf(value as object, 'type');
    return under('type', type(own)) ?? schemas.get(own)?.(value);
  };
};

export const oneOf = (...values: unknown[]): Schema =>
  satisfying((value) => values.includes(value), values.map((value) => JSON.stringify(value)).join(' or '));

/** A value that one of the schemas accepts. */
export const either = (expected: string, ...schemas: Schema[]): Schema =>
  satisfying((value) => schemas.some((schema) => !schema(value)), expected);

export const nullable =
  (schema: Schema): Schema =>
  (value) =>
    value === null ? undefined : schema(value);

/** A list whose items all pass. */
export const listOf =
  (item: Schema): Schema =>
  (value) => {
    let issue = list(value);
    for (let i = 0; !issue && i < (value as unknown[]).length; i++)
      issue = under(i, item((value as unknown[])[i]));
    return issue;
  };

/** A list with one item for each schema. */
export const tuple =
  (...schemas: Schema[]): Schema =>
  (value) => {
    let issue = list(value);
    if (!issue && (value as unknown[]).length !== schemas.length) {
      issue = { message: `expected ${schemas.length} items, got ${(value as unknown[]).length}` };
    }
    for (let i = 0; !issue && i < schemas.length; i++) issue = under(i, schemas[i]!((value as unknown[])[i]));
    return issue;
  };

/** A value that passes both, checked in order. */
export const both =
  (first: Schema, second: Schema): Schema =>
  (value) =>
    first(value) ?? second(value);

export const isPosition = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** A count, or a position in a sequence. */
export const position = satisfying(isPosition, 'a whole number from 0 up');

/** A finite number. */
export const finite = satisfying((value) => Number.isFinite(value), 'a number');
