import type { Session } from '../database/driver.js';
import { Statement } from '../database/statement.js';
import { changesOf, type Change, type Writing } from './changes.js';

/** Takes the counter, if it stands where the state was read. */
const takeCounter = (statement: Statement, { state, token }: Writing, tenant: string): string =>
  `UPDATE offshoot_tenants SET seq = ${statement.add(state.seq, 'bigint')}, token = ${statement.add(token, 'text')},
     bytes = bytes + ${statement.add(state.added, 'bigint')}
   WHERE id = ${tenant} AND seq = ${statement.add(state.tenant.seq, 'bigint')} AND token = ${statement.add(state.tenant.token, 'text')}
   RETURNING id`;

/** One statement that takes the counter and writes, if no table is written twice: some engines refuse that. */
function together(writing: Writing, changes: Change[]): Statement & { text: string } {
  const statement = new Statement();
  const tenant = statement.add(writing.state.tenant.id, 'text');
  const parts = [
    `counter AS (${takeCounter(statement, writing, tenant)})`,
    ...changes.map(
      ({ text }, index) => `change_${index} AS (${text(statement, tenant, ', counter')} RETURNING 1 AS done)`,
    ),
  ];
  return Object.assign(statement, { text: `WITH ${parts.join(', ')} SELECT id FROM counter` });
}

export type Transaction = <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>;

/** Whether it was written: not, if somebody else was faster. All of it or nothing. */
export async function write(writing: Writing, session: Session, transaction: Transaction): Promise<boolean> {
  const changes = changesOf(writing);
  const tables = changes.map(({ table }) => table);
  if (new Set(tables).size === tables.length) {
    const { text, parameters } = together(writing, changes);
    return (await session.query(text, parameters)).length > 0;
  }
  return transaction(async (inside) => {
    const counter = new Statement();
    const taken = takeCounter(counter, writing, counter.add(writing.state.tenant.id, 'text'));
    if ((await inside.query(taken, counter.parameters)).length === 0) return false;
    for (const { text } of changes) {
      const statement = new Statement();
      const tenant = statement.add(writing.state.tenant.id, 'text');
      await inside.query(text(statement, tenant, ''), statement.parameters);
    }
    return true;
  });
}
