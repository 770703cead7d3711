/** What an application should tell its user about a store's database. */
export type HealthEvent =
  /** A newer Offshoot, in another tab, has changed the database. This tab can no longer use it: reload the page. */
  | { type: 'outdated'; database: string }
  /** Other tabs hold an older database open that this one has to change or delete: close them. */
  | { type: 'blocked'; database: string };
