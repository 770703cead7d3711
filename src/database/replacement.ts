/** What is used while a database cannot be opened. No tenant's name ends like this. */
export const replacementOf = (database: string) => `${database}.replacement`;
