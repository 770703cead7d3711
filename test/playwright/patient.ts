/** Machines are busy. */
export const PATIENT = { timeout: 30_000 };
