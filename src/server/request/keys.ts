/** An id as it is stored: what text columns and UTF-8 cannot hold is escaped as in JSON. */
export const keyOf = (id: string): string => JSON.stringify(id).slice(1, -1);

export const idOf = (key: string): string => JSON.parse(`"${key}"`) as string;

const encoder = new TextEncoder();

/** In UTF-8. */
export const bytesOf = (text: string): number => encoder.encode(text).length;

/** Postgres' text holds no NUL, and UTF-8 no half of a character. */
export const isStorable = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);
