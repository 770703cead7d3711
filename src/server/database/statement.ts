import type { Parameter } from './driver.js';

export type SqlType = 'text' | 'bigint' | 'bytea';

/** Gathers the parameters of one statement, so that nothing that came from outside is ever part of its text. */
export class Statement {
  readonly parameters: Parameter[] = [];

  /** The place of a value in the text. */
  add(value: Parameter, type: SqlType): string {
    this.parameters.push(value);
    return `$${this.parameters.length}::${type}`;
  }

  /** `(a, b)` */
  list(values: Parameter[], type: SqlType): string {
    return `(${values.map((value) => this.add(value, type)).join(', ')})`;
  }

  /** `(VALUES …) AS v(a, b)` */
  values(columns: Record<string, SqlType>, rows: Parameter[][]): string {
    const types = Object.values(columns);
    const lines = rows.map((row) => `(${row.map((value, at) => this.add(value, types[at]!)).join(', ')})`);
    return `(VALUES ${lines.join(', ')}) AS v(${Object.keys(columns).join(', ')})`;
  }
}
