/** The same tenant of a store with another name, which no tenant's name can be taken for. */
export const replacementOf = (database: string) => database.replace(/^[^/]*/, '$&.replacement');
