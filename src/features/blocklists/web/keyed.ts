/** Rows of a list that may say the same twice, each with a key that stays its own. */

export function keyed<T>(rows: readonly T[], nameOf: (row: T) => string): { key: string; row: T }[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const name = nameOf(row);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return { key: `${times} ${name}`, row };
  });
}
