import { dequal } from 'dequal/lite';
import type { MatchCondition } from '@langchain/langgraph-checkpoint';
import { invalid } from '../../values/arguments.js';
import { described } from '../../values/schema.js';

/** What each operator of a filter asks of a value. Numbers are compared as the framework's own stores do. */
const OPERATORS: Record<string, (value: unknown, asked: unknown) => boolean> = {
  $eq: (value, asked) => dequal(value, asked),
  $ne: (value, asked) => !dequal(value, asked),
  $gt: (value, asked) => Number(value) > Number(asked),
  $gte: (value, asked) => Number(value) >= Number(asked),
  $lt: (value, asked) => Number(value) < Number(asked),
  $lte: (value, asked) => Number(value) <= Number(asked),
  $in: (value, asked) => Array.isArray(asked) && asked.some((one) => dequal(value, one)),
  $nin: (value, asked) => !Array.isArray(asked) || !asked.some((one) => dequal(value, one)),
};

/** Whether a value has in its fields what a filter asks for. */
export function hasFields(value: Record<string, unknown>, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([field, asked]) => {
    const found = Object.hasOwn(value, field) ? value[field] : undefined;
    const operators = operatorsOf(asked);
    return operators
      ? operators.every(([name, operand]) => OPERATORS[name]!(found, operand))
      : dequal(found, asked);
  });
}

/** The operators of a condition; `undefined` if it is a plain value. */
function operatorsOf(asked: unknown): [string, unknown][] | undefined {
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) return undefined;
  const entries = Object.entries(asked);
  return entries.every(([name]) => Object.hasOwn(OPERATORS, name)) ? entries : undefined;
}

export function isMatch(namespace: readonly string[], { matchType, path }: MatchCondition): boolean {
  if (matchType !== 'prefix' && matchType !== 'suffix') {
    throw invalid('matchConditions.matchType', `must be 'prefix' or 'suffix', not ${described(matchType)}`);
  }
  const start = matchType === 'prefix' ? 0 : namespace.length - path.length;
  return start >= 0 && path.every((label, index) => label === '*' || label === namespace[start + index]);
}

export const isBelow = (namespace: readonly string[], prefix: readonly string[]): boolean =>
  isMatch(namespace, { matchType: 'prefix', path: [...prefix] }) &&
  // A label may be an asterisk, which stands for any only when namespaces are listed.
  prefix.every((label, index) => label === namespace[index]);
