/** A map of bounded size in the order of last use. */

/** Puts the entry at the end; beyond `most` entries the one that was left alone for longest goes. */
export function keepRecent<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
