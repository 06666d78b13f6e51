/** Refuses decoded values that would hurt whoever walks them: cycles, towers, and small pickles of huge extent. */
import { isPyObject, PickleError, type PickleValue } from './pickle-value.ts';

export interface ShapeLimits {
  /** Containers inside each other. */
  maxDepth: number;
  /** Values a walk would meet, counting what is shared each time it is met. */
  maxItems: number;
}

interface Visit {
  container: object;
  children: readonly PickleValue[];
  next: number;
  extent: number;
}

/** A post-order walk without recursion; a shared container is walked once and its extent remembered. */
export function checkShape(root: PickleValue, { maxDepth, maxItems }: ShapeLimits): void {
  const extents = new Map<object, number>();
  const open = new Set<object>();
  const path: Visit[] = [];

  const enter = (value: PickleValue): number => {
    const children = childrenOf(value);
    if (children === null) return 1;
    if (typeof value !== 'object' || value === null) return 1;
    const known = extents.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) throw new PickleError('a value contains itself');
    if (path.length >= maxDepth) throw new PickleError('values are nested too deep');
    open.add(value);
    path.push({ container: value, children, next: 0, extent: 1 });
    return 0;
  };

  enter(root);
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const depth = path.length;
    while (path.length === depth && visit.next < visit.children.length) {
      visit.extent += enter(visit.children[visit.next++] ?? null);
    }
    if (visit.extent > maxItems) throw new PickleError('too many values');
    if (path.length > depth) continue;
    path.pop();
    open.delete(visit.container);
    extents.set(visit.container, visit.extent);
    const parent = path.at(-1);
    if (parent !== undefined) parent.extent += visit.extent;
  }
}

/** Null for values that hold no others. */
function childrenOf(value: PickleValue): readonly PickleValue[] | null {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  return isPyObject(value) ? [value.args, value.state] : null;
}
