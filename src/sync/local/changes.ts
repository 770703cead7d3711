import type { ChangesPage, DeletedSession } from '../protocol/index.js';
import { decodeField } from './body.js';
import type { Changing } from './changing.js';
import { putStanding, readStanding } from './known.js';
import { keepListed, type Listed, withNews } from './listed.js';
import type { Losing } from './lose.js';

export type DecodedPage = Omit<ChangesPage, 'sessions'> & { sessions: (Listed | DeletedSession)[] };

/** Decodes the fields of a page, which a transaction could not wait for. */
export async function decodePage(page: ChangesPage): Promise<DecodedPage> {
  const sessions: DecodedPage['sessions'] = [];
  for (const session of page.sessions) {
    if ('deleted' in session) {
      sessions.push(session);
      continue;
    }
    const fields: Listed['fields'] = [];
    for (const [name, { value, seq }] of Object.entries(session.fields))
      fields.push([name, await decodeField(value), seq]);
    sessions.push({ ...session, fields });
  }
  return { ...page, sessions };
}

/** Applies a page of the feed. Resolves to the incarnations of which the server has more. */
export async function applyPage(
  changing: Changing,
  losing: Losing,
  page: DecodedPage,
  now: number,
): Promise<string[]> {
  const { transaction } = changing;
  const behind: string[] = [];
  for (const session of page.sessions) {
    if ('deleted' in session) await losing.deleted(session.incarnation, session.session, session.saw);
    else if (await listed(changing, session)) behind.push(session.incarnation);
  }
  const standing = await readStanding(transaction);
  const { cursor, generation } = page;
  if (standing)
    await putStanding(transaction, {
      ...standing,
      heardAt: now,
      generation,
      ...(cursor !== undefined && { cursor }),
    });
  return behind;
}

/** Notes what the list says of a session; resolves to whether there is more to pull. */
async function listed(changing: Changing, session: Listed): Promise<boolean> {
  const { known } = changing;
  const { incarnation, seq, updatedMs } = session;
  const before = await known.get('session', incarnation);
  // A delete of it is on its way.
  if (before?.deleted || (await changing.noted('gone', incarnation)) !== undefined) return false;
  const id = before?.session ?? session.session;
  const pulled = before?.pulled ?? 0;
  const isBehind = seq > pulled || !!before?.whole;
  const behind = Math.max(before?.behind ?? 0, isBehind ? seq : 0);
  await known.put('session', incarnation, { ...before, session: id, pulled, behind, updatedMs });
  const row = await changing.incarnated(incarnation, id);
  if (!row) await keepListed(changing, session);
  else {
    const changed = withNews(row, session.fields);
    if (changed !== row) changing.put(changed);
  }
  return isBehind;
}
