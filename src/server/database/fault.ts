/** What a driver threw, apart from what our own code throws. */
export class DatabaseFault extends Error {
  /** SQLSTATE, or what the driver calls it. */
  readonly code: string;

  constructor(cause: unknown) {
    super('the database failed', { cause });
    const { code } = (cause ?? {}) as { code?: unknown };
    this.code = typeof code === 'string' ? code : '';
  }

  /** Two transactions were in each other's way, and this one had no effect. */
  get isConflict(): boolean {
    return this.code === '40001' || this.code === '40P01';
  }

  /** A statement was refused for what it says: trying again helps nobody. */
  get isRefusal(): boolean {
    return /^[0-9A-Z]{5}$/.test(this.code) && !/^(?:08|40|53|55|57|58|XX)/.test(this.code);
  }
}
