/** Python's own pickle as an oracle: many values for one process, written and read through tagged JSON. */
import { execFileSync } from 'node:child_process';
import { z } from 'zod';

/** A Python value as data: its type's letter and its content. */
export type Tagged =
  | ['n']
  | ['b', boolean]
  | ['i', string]
  | ['f', string]
  | ['s', string]
  | ['y', string]
  | ['l' | 't' | 'S' | 'F', Tagged[]]
  | ['d', [Tagged, Tagged][]];

const shared = `
import sys, json, base64, pickle
def make(tag):
    kind, *rest = tag
    if kind == 'n': return None
    value = rest[0]
    if kind in 'bs': return value
    if kind == 'i': return int(value)
    if kind == 'f': return float(value)
    if kind == 'y': return base64.b64decode(value)
    if kind == 'd': return {make(k): make(v) for k, v in value}
    return {'l': list, 't': tuple, 'S': set, 'F': frozenset}[kind](make(one) for one in value)
def tag(value):
    if value is None: return ['n']
    if isinstance(value, bool): return ['b', value]
    if isinstance(value, int): return ['i', str(value)]
    if isinstance(value, str): return ['s', value]
    if isinstance(value, list): return ['l', [tag(one) for one in value]]
    raise TypeError(type(value))
given = json.load(sys.stdin)
`;

const texts = z.array(z.string());

/** `pickle.dumps` of each value in the given protocol. */
export function pythonDumps(values: readonly Tagged[], protocol: number): Buffer[] {
  const script = `${shared}
json.dump([base64.b64encode(pickle.dumps(make(one), ${protocol})).decode() for one in given], sys.stdout)`;
  return texts.parse(run(script, values)).map((text) => Buffer.from(text, 'base64'));
}

/** `pickle.loads` of each pickle, as compact JSON of tagged values. */
export function pythonLoads(pickles: readonly Uint8Array[]): string[] {
  const script = `${shared}
json.dump([json.dumps(tag(pickle.loads(base64.b64decode(one))), separators=(',', ':'), ensure_ascii=False) for one in given], sys.stdout)`;
  return texts.parse(
    run(
      script,
      pickles.map((pickle) => Buffer.from(pickle).toString('base64')),
    ),
  );
}

/** The pickle that this Python expression evaluates to. */
export function pythonPickle(expression: string, protocol = 5): Buffer {
  const script = `${shared}
json.dump([base64.b64encode(pickle.dumps(${expression}, ${protocol})).decode()], sys.stdout)`;
  return Buffer.from(texts.parse(run(script, []))[0] ?? '', 'base64');
}

function run(script: string, given: unknown): unknown {
  const options = { input: JSON.stringify(given), maxBuffer: 512 * 1024 * 1024 };
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script], options).toString());
}
