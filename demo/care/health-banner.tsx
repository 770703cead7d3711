/** What became of the database, in plain language, above the chat. */
export function HealthBanner() {
  return null;
}
