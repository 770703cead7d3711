/**
 * One statement each, in order, for ever: what was released is never changed, only added to. Portable to every engine that
 * speaks as Postgres does: no sequences, triggers, foreign keys or jsonb.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS offshoot_tenants (
     id text PRIMARY KEY, seq bigint NOT NULL, token text NOT NULL, generation text NOT NULL,
     horizon bigint NOT NULL, bytes bigint NOT NULL, swept_ms bigint NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS offshoot_sessions (
     tenant text NOT NULL, incarnation text NOT NULL, session text NOT NULL, seq bigint NOT NULL,
     format bigint NOT NULL, created_ms bigint NOT NULL, updated_ms bigint NOT NULL, latest_ms bigint NOT NULL,
     snapshots bigint NOT NULL, bytes bigint NOT NULL, fields text NOT NULL,
     PRIMARY KEY (tenant, incarnation))`,
  `CREATE UNIQUE INDEX IF NOT EXISTS offshoot_sessions_by_id ON offshoot_sessions (tenant, session)`,
  `CREATE INDEX IF NOT EXISTS offshoot_sessions_by_seq ON offshoot_sessions (tenant, seq)`,
  `CREATE INDEX IF NOT EXISTS offshoot_sessions_by_time ON offshoot_sessions (tenant, updated_ms, incarnation)`,
  `CREATE TABLE IF NOT EXISTS offshoot_snapshots (
     tenant text NOT NULL, id text NOT NULL, incarnation text NOT NULL, seq bigint NOT NULL, format bigint NOT NULL,
     digest text NOT NULL, parent text, created_ms bigint NOT NULL, arrived_ms bigint NOT NULL, status text,
     beat_ms bigint, spans text NOT NULL, body text, media text, bytes bigint NOT NULL,
     PRIMARY KEY (tenant, id))`,
  `CREATE INDEX IF NOT EXISTS offshoot_snapshots_by_seq ON offshoot_snapshots (tenant, incarnation, seq)`,
  `CREATE TABLE IF NOT EXISTS offshoot_entries (
     tenant text NOT NULL, incarnation text NOT NULL, log text NOT NULL, at bigint NOT NULL, seq bigint NOT NULL,
     format bigint NOT NULL, digest text NOT NULL, body text, media text, bytes bigint NOT NULL,
     PRIMARY KEY (tenant, incarnation, log, at))`,
  `CREATE INDEX IF NOT EXISTS offshoot_entries_by_seq ON offshoot_entries (tenant, incarnation, seq)`,
  `CREATE TABLE IF NOT EXISTS offshoot_tombstones (
     tenant text NOT NULL, incarnation text NOT NULL, snapshot text NOT NULL, session text NOT NULL,
     seq bigint NOT NULL, saw bigint NOT NULL,
     PRIMARY KEY (tenant, incarnation, snapshot))`,
  `CREATE INDEX IF NOT EXISTS offshoot_tombstones_by_seq ON offshoot_tombstones (tenant, seq)`,
  `CREATE TABLE IF NOT EXISTS offshoot_pushes (
     tenant text NOT NULL, seq bigint NOT NULL, token text NOT NULL, at_ms bigint NOT NULL,
     PRIMARY KEY (tenant, seq))`,
  `CREATE TABLE IF NOT EXISTS offshoot_replicas (
     tenant text NOT NULL, replica text NOT NULL, push bigint NOT NULL,
     PRIMARY KEY (tenant, replica))`,
  `CREATE TABLE IF NOT EXISTS offshoot_media (
     tenant text NOT NULL, digest text NOT NULL, part bigint NOT NULL, bytes bigint NOT NULL,
     stored_ms bigint NOT NULL, data bytea NOT NULL,
     PRIMARY KEY (tenant, digest, part))`,
  `CREATE TABLE IF NOT EXISTS offshoot_media_uses (
     tenant text NOT NULL, incarnation text NOT NULL, place text NOT NULL, digest text NOT NULL,
     PRIMARY KEY (tenant, incarnation, place, digest))`,
  `CREATE INDEX IF NOT EXISTS offshoot_media_uses_by_digest ON offshoot_media_uses (tenant, digest)`,
];
