import * as current from '../../../../src/database/schema.js';
import { nextSchema } from '../next-schema.js';

/** Stands in for the schema module: that of this Offshoot, until the page becomes a newer one. */
export * from '../../../../src/database/schema.js';

export let { SCHEMA_VERSION, createSchema }: typeof current = current;

export function rise(): void {
  ({ SCHEMA_VERSION, createSchema } = nextSchema(current));
}
