/** A map whose first entries are those that were used longest ago. */
export class LeastRecentlyUsed<Key, Value> extends Map<Key, Value> {
  override get(key: Key): Value | undefined {
    const value = super.get(key);
    if (value !== undefined) {
      this.delete(key);
      super.set(key, value);
    }
    return value;
  }
}
