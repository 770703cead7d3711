export const SESSION = {
  incarnation: 'text',
  session: 'text',
  seq: 'bigint',
  format: 'bigint',
  created_ms: 'bigint',
  updated_ms: 'bigint',
  latest_ms: 'bigint',
  snapshots: 'bigint',
  bytes: 'bigint',
  fields: 'text',
} as const;
export const TOUCH = {
  incarnation: 'text',
  seq: 'bigint',
  updated_ms: 'bigint',
  latest_ms: 'bigint',
  snapshots: 'bigint',
  bytes: 'bigint',
} as const;
export const SNAPSHOT = {
  id: 'text',
  incarnation: 'text',
  seq: 'bigint',
  format: 'bigint',
  digest: 'text',
  parent: 'text',
  created_ms: 'bigint',
  arrived_ms: 'bigint',
  status: 'text',
  beat_ms: 'bigint',
  spans: 'text',
  body: 'text',
  media: 'text',
  bytes: 'bigint',
} as const;
export const ENTRY = {
  incarnation: 'text',
  log: 'text',
  at: 'bigint',
  seq: 'bigint',
  format: 'bigint',
  digest: 'text',
  body: 'text',
  media: 'text',
  bytes: 'bigint',
} as const;
export const TOMBSTONE = {
  incarnation: 'text',
  snapshot: 'text',
  session: 'text',
  seq: 'bigint',
  saw: 'bigint',
} as const;
export const PLACE = { incarnation: 'text', log: 'text', lower: 'bigint', upper: 'bigint' } as const;
