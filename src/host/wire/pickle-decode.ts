/**
 * Reads a pickle as data. An interpreter of the few opcodes that fail2ban's replies need; every other opcode is an
 * error. Nothing is imported, called or constructed: a call becomes `{ pyClass, args }`.
 */
import { byteCursor, type ByteCursor } from './pickle-bytes.ts';
import { checkShape } from './pickle-shape.ts';
import { isPyGlobal, isPyObject, PickleError, type PickleValue, type PyGlobal } from './pickle-value.ts';

export interface PickleLimits {
  maxBytes: number;
  /** Values made while reading, and values in the result. */
  maxItems: number;
  maxDepth: number;
  /** Dicts and sets: a byte each in a pickle, hundreds in memory. */
  maxTables: number;
}

const defaultPickleLimits: PickleLimits = {
  maxBytes: 16 * 1024 * 1024,
  maxItems: 2_000_000,
  maxDepth: 64,
  maxTables: 20_000,
};

/** Throws PickleError, and nothing else, for whatever is malformed, too large or outside the allow-list. */
export function decodePickle(bytes: Uint8Array, limits: Partial<PickleLimits> = {}): PickleValue {
  const bounds = { ...defaultPickleLimits, ...limits };
  if (bytes.length > bounds.maxBytes) throw new PickleError('the pickle is too large');
  const cursor = byteCursor(bytes);
  const machine = createMachine(bounds);
  if (cursor.byte() !== proto || !isKnownProtocol(cursor.byte())) throw new PickleError('not a pickle');
  for (let code = cursor.byte(); code !== stop; code = cursor.byte()) {
    const run = opcodes[code];
    if (run === undefined) throw new PickleError(`opcode ${code} is not allowed`);
    run(machine, cursor);
  }
  if (cursor.left > 0) throw new PickleError('bytes follow the pickle');
  const result = machine.result();
  checkShape(result, bounds);
  return result;
}

const proto = 0x80;
const stop = 0x2e;
const isKnownProtocol = (version: number): boolean => version >= 2 && version <= 5;

interface Machine {
  push(value: PickleValue): void;
  pop(): PickleValue;
  top(): PickleValue;
  mark(): void;
  /** Everything above the last mark, which is taken too. */
  popToMark(): PickleValue[];
  popMany(count: number): PickleValue[];
  newTable(table: PickleValue): void;
  remember(index: number): void;
  rememberNext(): void;
  recall(index: number): void;
  result(): PickleValue;
}

function createMachine(limits: PickleLimits): Machine {
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  let made = 0;
  let tables = 0;
  const floor = (): number => marks.at(-1) ?? 0;
  const machine: Machine = {
    push(value) {
      if (++made > limits.maxItems) throw new PickleError('too many values');
      stack.push(value);
    },
    pop() {
      return machine.popMany(1)[0] ?? null;
    },
    top() {
      if (stack.length <= floor()) throw new PickleError('nothing on the stack');
      return stack.at(-1) ?? null;
    },
    mark() {
      if (++made > limits.maxItems) throw new PickleError('too many values');
      marks.push(stack.length);
    },
    popToMark() {
      const from = marks.pop();
      if (from === undefined) throw new PickleError('no mark on the stack');
      return stack.splice(from);
    },
    popMany(count) {
      if (stack.length - count < floor()) throw new PickleError('nothing on the stack');
      return stack.splice(stack.length - count);
    },
    newTable(table) {
      if (++tables > limits.maxTables) throw new PickleError('too many dicts or sets');
      machine.push(table);
    },
    remember(index) {
      memo.set(index, machine.top());
      if (memo.size > limits.maxItems) throw new PickleError('too many values are remembered');
    },
    rememberNext() {
      machine.remember(memo.size);
    },
    recall(index) {
      const value = memo.get(index);
      if (value === undefined) throw new PickleError('nothing is remembered under that number');
      machine.push(value);
    },
    result() {
      if (stack.length !== 1 || marks.length > 0) throw new PickleError('the pickle is unbalanced');
      return machine.pop();
    },
  };
  return machine;
}

type Operation = (machine: Machine, cursor: ByteCursor) => void;

/** The allow-list, by the names of Python's pickle.py. */
const opcodes: Readonly<Record<number, Operation>> = {
  0x95: (_, c) => void c.length8(), // FRAME
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4b: (m, c) => m.push(c.byte()), // BININT1
  0x4d: (m, c) => m.push(c.uint16()), // BININT2
  0x4a: (m, c) => m.push(c.int32()), // BININT
  0x8a: (m, c) => m.push(c.long(c.byte())), // LONG1
  0x8b: (m, c) => m.push(c.long(c.uint32())), // LONG4
  0x47: (m, c) => m.push(c.float64()), // BINFLOAT
  0x8c: (m, c) => m.push(c.text(c.byte())), // SHORT_BINUNICODE
  0x58: (m, c) => m.push(c.text(c.uint32())), // BINUNICODE
  0x8d: (m, c) => m.push(c.text(c.length8())), // BINUNICODE8
  0x43: (m, c) => m.push(Uint8Array.from(c.bytes(c.byte()))), // SHORT_BINBYTES
  0x42: (m, c) => m.push(Uint8Array.from(c.bytes(c.uint32()))), // BINBYTES
  0x8e: (m, c) => m.push(Uint8Array.from(c.bytes(c.length8()))), // BINBYTES8
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x29: (m) => m.push([]), // EMPTY_TUPLE
  0x7d: (m) => m.newTable(new Map()), // EMPTY_DICT
  0x8f: (m) => m.newTable(new Set()), // EMPTY_SET
  0x28: (m) => m.mark(), // MARK
  0x74: (m) => m.push(m.popToMark()), // TUPLE
  0x85: (m) => m.push(m.popMany(1)), // TUPLE1
  0x86: (m) => m.push(m.popMany(2)), // TUPLE2
  0x87: (m) => m.push(m.popMany(3)), // TUPLE3
  0x61: (m) => append(m, m.popMany(1)), // APPEND
  0x65: (m) => append(m, m.popToMark()), // APPENDS
  0x73: (m) => setItems(m, m.popMany(2)), // SETITEM
  0x75: (m) => setItems(m, m.popToMark()), // SETITEMS
  0x90: (m) => addItems(m, m.popToMark()), // ADDITEMS
  0x91: (m) => m.newTable(new Set<PickleValue>(m.popToMark())), // FROZENSET
  0x94: (m) => m.rememberNext(), // MEMOIZE
  0x71: (m, c) => m.remember(c.byte()), // BINPUT
  0x72: (m, c) => m.remember(c.uint32()), // LONG_BINPUT
  0x68: (m, c) => m.recall(c.byte()), // BINGET
  0x6a: (m, c) => m.recall(c.uint32()), // LONG_BINGET
  0x63: (m, c) => m.push({ pyGlobal: `${c.line()}.${c.line()}` }), // GLOBAL
  0x93: stackGlobal, // STACK_GLOBAL
  0x52: reduce, // REDUCE
  0x62: build, // BUILD
};

function append(machine: Machine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw new PickleError('items are added to what is no list');
  for (const item of items) list.push(item);
}

function setItems(machine: Machine, items: readonly PickleValue[]): void {
  const dict = machine.top();
  if (!(dict instanceof Map) || items.length % 2 !== 0)
    throw new PickleError('entries are added to what is no dict');
  for (let index = 0; index < items.length; index += 2)
    dict.set(items[index] ?? null, items[index + 1] ?? null);
}

function addItems(machine: Machine, items: readonly PickleValue[]): void {
  const set = machine.top();
  if (!(set instanceof Set)) throw new PickleError('items are added to what is no set');
  for (const item of items) set.add(item);
}

function stackGlobal(machine: Machine): void {
  const [module, name] = machine.popMany(2);
  if (typeof module !== 'string' || typeof name !== 'string') throw new PickleError('a name is no text');
  machine.push({ pyGlobal: `${module}.${name}` });
}

/** fail2ban pickles each address as a call of `str` on its text: that one is the text itself. */
function reduce(machine: Machine): void {
  const [callee = null, args = null] = machine.popMany(2);
  if (!isPyGlobal(callee) || !Array.isArray(args)) throw new PickleError('what is called is no name');
  const [text] = args;
  machine.push(
    isTextMaker(callee) && args.length === 1 && typeof text === 'string'
      ? text
      : { pyClass: callee.pyGlobal, args, state: null },
  );
}

const isTextMaker = ({ pyGlobal }: PyGlobal): boolean =>
  pyGlobal === 'builtins.str' || pyGlobal === '__builtin__.str' || pyGlobal === '__builtin__.unicode';

function build(machine: Machine): void {
  const state = machine.pop();
  const object = machine.top();
  if (!isPyObject(object)) throw new PickleError('state is given to what is no object');
  object.state = state;
}
