/** The failover database's name, which cannot collide with any tenant's. */
export const replacementOf = (database: string) => database.replace(/^[^/]*/, '$&.replacement');
