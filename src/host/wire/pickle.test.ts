import fc from 'fast-check';
import { Parser } from 'pickleparser';
import { describe, expect, test } from 'vitest';
import { pythonDumps, pythonLoads, pythonPickle, type Tagged } from '../../../test/fail2ban/python-pickle.ts';
import { decodePickle } from './pickle-decode.ts';
import { encodePickle, type Picklable } from './pickle-encode.ts';
import { PickleError, type PickleValue } from './pickle-value.ts';

/** Both are arrays here, so that Python's lists and tuples are told apart by nobody. */
function tagged(value: PickleValue): Tagged {
  if (value === null) return ['n'];
  if (typeof value === 'boolean') return ['b', value];
  if (typeof value === 'string') return ['s', value];
  if (typeof value === 'bigint') return ['i', String(value)];
  if (typeof value === 'number')
    return Number.isInteger(value) && !Object.is(value, -0) ? ['i', String(value)] : ['f', floatText(value)];
  if (value instanceof Uint8Array) return ['y', Buffer.from(value).toString('base64')];
  if (Array.isArray(value)) return ['l', value.map(tagged)];
  if (value instanceof Map) return ['d', [...value].map(([key, item]) => [tagged(key), tagged(item)])];
  if (value instanceof Set) return ['S', ordered([...value].map(tagged))];
  return expect.unreachable('no plain value');
}

const floatText = (value: number): string =>
  Object.is(value, -0) ? '-0.0' : String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
const ordered = (values: Tagged[]): Tagged[] =>
  values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What is left of a Python value here: no tuples, one kind of set, whole floats as integers, no half characters. */
function expected(value: Tagged): Tagged {
  switch (value[0]) {
    case 't':
    case 'l':
      return ['l', value[1].map(expected)];
    case 'S':
    case 'F':
      return ['S', ordered(value[1].map(expected))];
    case 'd':
      return ['d', value[1].map(([key, item]) => [expected(key), expected(item)])];
    case 's':
      return ['s', value[1].toWellFormed()];
    case 'f':
      return /^-?\d+$/.test(value[1]) ? ['i', value[1]] : value;
    case 'n':
    case 'b':
    case 'i':
    case 'y':
      return value;
  }
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
);
const longText = fc.string({ minLength: 250, maxLength: 300, unit: 'grapheme' });
const whole = fc.oneof(
  fc.integer(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.bigInt({ min: -(2n ** 3000n), max: 2n ** 3000n }),
  fc.constantFrom(-1, 0, 255, 256, 65_535, 65_536, -128, -129, 2 ** 31, -(2 ** 31), 2 ** 53 - 1),
);
const fraction = fc.double().filter((value) => !Number.isInteger(value) || Object.is(value, -0));

const { value: anyValue } = fc.letrec<{ value: Tagged; hashable: Tagged }>((tie) => ({
  hashable: fc.oneof(
    text.map((value): Tagged => ['s', value.toWellFormed()]),
    whole.map((value): Tagged => ['i', String(value)]),
  ),
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    tie('hashable'),
    fc.constant<Tagged>(['n']),
    fc.boolean().map((value): Tagged => ['b', value]),
    fc.oneof(text, longText).map((value): Tagged => ['s', value]),
    fraction.map((value): Tagged => ['f', floatText(value)]),
    fc.uint8Array().map((bytes): Tagged => ['y', Buffer.from(bytes).toString('base64')]),
    fc.array(tie('value')).map((items): Tagged => ['l', items]),
    fc.array(tie('value')).map((items): Tagged => ['t', items]),
    fc
      .uniqueArray(tie('hashable'), { selector: (one) => JSON.stringify(one) })
      .map((items): Tagged => ['S', items]),
    fc
      .uniqueArray(tie('hashable'), { selector: (one) => JSON.stringify(one) })
      .map((items): Tagged => ['F', items]),
    fc
      .uniqueArray(fc.tuple(tie('hashable'), tie('value')), { selector: ([key]) => JSON.stringify(key) })
      .map((items): Tagged => ['d', items]),
  ),
}));

const hasBytesOrSets = (value: Tagged): boolean => /\["[ySF]",/.test(JSON.stringify(value));

describe('beside Python’s own pickle', () => {
  test.each([2, 3, 4, 5])(
    'reads thousands of values written in protocol %i',
    (protocol) => {
      // Before protocol 4, Python writes sets and bytes as calls; those stay calls here.
      const values = fc.sample(anyValue, 3000).filter((value) => protocol >= 4 || !hasBytesOrSets(value));
      const pickles = pythonDumps(values, protocol);
      const wrong = values.flatMap((value, index) => {
        const read = tagged(decodePickle(pickles[index] ?? Buffer.of()));
        return JSON.stringify(read) === JSON.stringify(expected(value)) ? [] : [{ value, read }];
      });
      expect(wrong).toEqual([]);
      expect(values.length).toBeGreaterThan(1000);
    },
    60_000,
  );

  test('Python reads thousands of values written here', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'binary' }),
      longText,
      fc.integer(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: -(2n ** 2000n), max: 2n ** 2000n }),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec<{ value: Picklable }>((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'))),
    }));
    const asTagged = (one: Picklable): unknown => {
      if (one === null) return ['n'];
      if (typeof one === 'boolean') return ['b', one];
      if (typeof one === 'string') return ['s', one];
      if (typeof one === 'number' || typeof one === 'bigint') return ['i', String(one)];
      return ['l', one.map(asTagged)];
    };
    const values = fc.sample(value, 4000);
    const read = pythonLoads(values.map(encodePickle)).map((one): unknown => JSON.parse(one));
    expect(read).toEqual(values.map(asTagged));
  }, 60_000);

  test('reads what it wrote itself', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger())), (list) => {
        expect(decodePickle(encodePickle(list))).toEqual(list);
      }),
    );
  });
});

test('agrees with pickleparser where that one is right: text, small numbers, lists, tuples, dicts', () => {
  // it drops a byte order mark that begins a text; Python keeps it, and so do we
  const unmarked = fc.string({ unit: 'binary' }).filter((one) => !one.startsWith('\uFEFF'));
  const { value } = fc.letrec<{ value: Tagged }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      unmarked.map((one): Tagged => ['s', one]),
      fc.integer().map((one): Tagged => ['i', String(one)]),
      fc.constant<Tagged>(['n']),
      fc.boolean().map((one): Tagged => ['b', one]),
      fc.array(tie('value')).map((items): Tagged => ['l', items]),
      fc.array(tie('value')).map((items): Tagged => ['t', items]),
      fc
        .dictionary(unmarked, tie('value'))
        .map((entries): Tagged => [
          'd',
          Object.entries(entries).map(([key, item]): [Tagged, Tagged] => [['s', key], item]),
        ]),
    ),
  }));
  for (const pickle of pythonDumps(fc.sample(value, 1500), 5)) {
    expect(decodePickle(pickle)).toEqual(
      new Parser({ unpicklingTypeOfDictionary: 'Map' }).parse<unknown>(pickle),
    );
  }
}, 30_000);

describe('what fail2ban sends', () => {
  test('an address is the text inside the call of str, again and again', () => {
    const script = `(lambda Ip: (0, [Ip('192.0.2.1'), Ip('192.0.2.2'), Ip('192.0.2.1')]))(type('Ip', (), {'__init__': lambda self, text: setattr(self, 'text', text), '__reduce__': lambda self: (str, (self.text,))}))`;
    expect(decodePickle(pythonPickle(script))).toEqual([0, ['192.0.2.1', '192.0.2.2', '192.0.2.1']]);
  });

  test('an exception is its class and arguments', () => {
    expect(decodePickle(pythonPickle(`(1, FileNotFoundError(2, 'No such file', '/x'))`))).toEqual([
      1,
      { pyClass: 'builtins.FileNotFoundError', args: [2, 'No such file', '/x'], state: null },
    ]);
  });

  test('state of an object is data too', () => {
    const pickle = pythonPickle(`(lambda e: (setattr(e, 'detail', 7), e)[1])(ValueError('x'))`);
    expect(decodePickle(pickle)).toEqual({
      pyClass: 'builtins.ValueError',
      args: ['x'],
      state: new Map([['detail', 7]]),
    });
  });
});

describe('hostile pickles', () => {
  const refused = (bytes: Uint8Array): void => expect(() => decodePickle(bytes)).toThrow(PickleError);
  const proto5 = Buffer.from([0x80, 5]);
  const bytesOf = (...parts: (string | number[] | Buffer)[]): Buffer =>
    Buffer.concat([
      proto5,
      ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    ]);

  test('a call of os.system is only a description of it', () => {
    const pickle = bytesOf('cposix\nsystem\n', 'X', [2, 0, 0, 0], 'id', [0x85], 'R.');
    expect(decodePickle(pickle)).toEqual({ pyClass: 'posix.system', args: ['id'], state: null });
  });

  test('names like __proto__ touch no prototype', () => {
    const value = decodePickle(pythonPickle(`{'__proto__': {'polluted': 1}, 'constructor': 2}`));
    expect(value).toBeInstanceOf(Map);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    refused(bytesOf('c__proto__\nx\n', '.', '.'));
  });

  test.each([
    ['nothing', Buffer.of()],
    ['text', Buffer.from('ERROR: no')],
    ['protocol 1', Buffer.from([0x80, 1, 0x4e, 0x2e])],
    ['protocol 6', Buffer.from([0x80, 6, 0x4e, 0x2e])],
    ['no protocol', Buffer.from('N.')],
    ['an unknown opcode', bytesOf([0xff], '.')],
    ['INST, which old pickles construct with', bytesOf('(ios\nsystem\n.')],
    ['OBJ', bytesOf('(cos\nsystem\no.')],
    ['NEWOBJ', bytesOf('cos\nsystem\n)', [0x81], '.')],
    ['a persistent id', bytesOf('Pid\n.')],
    ['an extension code', bytesOf([0x82, 1], '.')],
    ['an out-of-band buffer', bytesOf([0x97], '.')],
    ['an empty stack', bytesOf('.')],
    ['two results', bytesOf('NN.')],
    ['an open mark', bytesOf('(N.')],
    ['bytes after the end', bytesOf('N.N')],
    ['no mark', bytesOf('e.')],
    ['a pop below the mark', bytesOf('N(', [0x85], '.')],
    ['append to no list', bytesOf('NNa.')],
    ['an odd number of dict items', bytesOf('}(Nu.')],
    ['items for no set', bytesOf('](N', [0x90], '.')],
    ['state for no object', bytesOf(']Nb.')],
    ['a call of no name', bytesOf('N)R.')],
    ['a call without a tuple', bytesOf('ca\nb\nNR.')],
    ['a name of numbers', bytesOf('NN', [0x93], '.')],
    ['an unknown memo', bytesOf('h', [3], '.')],
    ['a name without an end', bytesOf('c', 'x'.repeat(300))],
    ['text that is not UTF-8', bytesOf('X', [1, 0, 0, 0, 0xff], '.')],
    ['a text of 4 GiB', bytesOf('X', [0xff, 0xff, 0xff, 0xff], 'x.')],
    ['a text of 2^64 bytes', bytesOf([0x8d], Array<number>(8).fill(0xff), 'x.')],
    ['a frame of 2^64 bytes', bytesOf([0x95], Array<number>(8).fill(0xff), 'N.')],
    ['a number of 4 GiB', bytesOf([0x8b, 0xff, 0xff, 0xff, 0xff], '.')],
    ['a number of 20,000 bytes', bytesOf([0x8b, 0x20, 0x4e, 0, 0], Buffer.alloc(20_000, 1), '.')],
    ['100,000 tuples inside each other', bytesOf(')', Buffer.alloc(100_000, 0x85), '.')],
    ['100,000 lists inside each other', bytesOf(']'.repeat(100_000), 'a'.repeat(99_999), '.')],
    ['100,000 dicts', bytesOf('](', '}'.repeat(100_000), 'e.')],
    ['100,000 marks', bytesOf('('.repeat(100_000), '.')],
    ['a list that contains itself', bytesOf(']', [0x94], 'h', [0], 'a.')],
    ['a dict that contains itself', bytesOf('}', [0x94], 'Nh', [0], 's.')],
    ['an object whose state is itself', bytesOf('ca\nb\n)R', [0x94], 'h', [0], 'b.')],
    ['too many bytes', Buffer.alloc(17 * 1024 * 1024, 0x4e)],
    ['too many values', bytesOf('](', 'N'.repeat(2_100_000), 'e.')],
  ])('%s is refused', (_, bytes) => {
    const began = performance.now();
    refused(bytes);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('doubling by the memo is refused for its extent, not for its form', () => {
    // Every pair holds the one before twice and stays on the stack; TUPLE2 folds them into one value at the end.
    const folded = (times: number): Buffer =>
      bytesOf(
        ')',
        [0x94],
        ...Array.from({ length: times }, (_, index) => [0x68, index, 0x68, index, 0x86, 0x94]),
        Buffer.alloc(times, 0x86),
        '.',
      );
    expect(() => decodePickle(folded(8))).not.toThrow();
    expect(() => decodePickle(folded(40))).toThrow('too many values');
  });

  const sample = pythonPickle(
    `(0, [('Filter', [('Currently failed', 2), ('File list', ['/var/log/auth.log'])]), {'a': [1, 2**70, 1.5, b'x', None, True]}, {1, 2}, KeyError('k')])`,
  );

  test('cut at every byte, it is an error and nothing else', () => {
    for (let length = 0; length < sample.length; length++) {
      expect(() => decodePickle(sample.subarray(0, length))).toThrow(PickleError);
    }
  });

  test('with bytes flipped it is a value or a PickleError', () => {
    const flips = fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(flips, (changes) => {
        const bytes = Buffer.from(sample);
        for (const [at, value] of changes) bytes[at] = value;
        decodesOrRefuses(bytes);
      }),
      { numRuns: 20_000 },
    );
  }, 30_000);

  test('random opcodes are a value or a PickleError', () => {
    const opcode = fc.constantFrom(
      ...Buffer.from(
        'N\x88\x89K\x05M\x01\x00](}t\x85\x86\x87aesu\x8f\x90\x91\x94h\x00q\x01j\x00\x00\x00\x00ca\nb\n\x93Rb.)X\x00\x00\x00\x00',
        'latin1',
      ),
    );
    fc.assert(
      fc.property(fc.array(opcode, { maxLength: 80 }), (codes) => decodesOrRefuses(bytesOf(codes, '.'))),
      { numRuns: 20_000 },
    );
  }, 30_000);

  function decodesOrRefuses(bytes: Uint8Array): void {
    try {
      decodePickle(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(PickleError);
    }
  }
});

test.each<[string, Picklable]>([
  ['half a character', 'a\ud800'],
  ['a fraction', 1.5],
  ['not a number', Number.NaN],
  ['a number that is not exact', 2 ** 60],
  ['a huge number', 2n ** 2100n],
])('%s is not written', (_, value) => {
  expect(() => encodePickle([value])).toThrow(PickleError);
});
