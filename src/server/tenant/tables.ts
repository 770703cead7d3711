/** All tables that hold rows of tenants but their own, with what their rows are sorted by. */
export const TABLES: Readonly<Record<string, readonly string[]>> = {
  offshoot_sessions: ['incarnation'],
  offshoot_snapshots: ['id'],
  offshoot_entries: ['incarnation', 'log', 'at'],
  offshoot_tombstones: ['incarnation', 'snapshot'],
  offshoot_pushes: ['seq'],
  offshoot_replicas: ['replica'],
  offshoot_media_uses: ['incarnation', 'place', 'digest'],
  offshoot_media: ['digest', 'part'],
};
