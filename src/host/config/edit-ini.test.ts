/** Options of a section are set and taken away, and nothing else in the file changes. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editIni } from './edit-ini.ts';
import { parseIni, valueOf } from './parse-ini.ts';

test('values are replaced where they stand, with comments, spelling and signs as they were', () => {
  const text = `# ours
[DEFAULT]
bantime = 1h

[web]
  # how many
MaxRetry: 3 ; not more
failregex = ^a <HOST>
  # and
            ^b <HOST>

port=ssh
`;
  expect(editIni(text, 'web', { maxretry: '5', failregex: '^c <HOST>\n^d <HOST>', port: '22' })).toBe(`# ours
[DEFAULT]
bantime = 1h

[web]
  # how many
MaxRetry: 5 ; not more
failregex = ^c <HOST>
            ^d <HOST>
  # and

port=22
`);
});

test('new options go to the end of their section, a new section to the end of the file', () => {
  expect(editIni('[web]\nport = ssh\n\n[other]\nport = 1', 'web', { bantime: '1h\n2h' })).toBe(
    '[web]\nport = ssh\nbantime = 1h\n          2h\n\n[other]\nport = 1',
  );
  expect(editIni('[web]\r\nport = ssh', 'other', { enabled: 'true' })).toBe(
    '[web]\r\nport = ssh\r\n\r\n[other]\r\nenabled = true\r\n',
  );
  expect(editIni('', 'web', { enabled: 'true' })).toBe('[web]\nenabled = true\n');
  expect(editIni('[web]', 'web', { enabled: 'true' })).toBe('[web]\nenabled = true\n');
});

test('taking away leaves the section, its comments and other options; what is not there is no change', () => {
  const text = '[web]\n# why\nport = ssh\n  , http\nbantime = 1h\n';
  expect(editIni(text, 'web', { port: null })).toBe('[web]\n# why\nbantime = 1h\n');
  expect(editIni(text, 'web', { findtime: null })).toBe(text);
  expect(editIni(text, 'other', { port: null })).toBe(text);
  expect(editIni(text, 'web', { bantime: '1h' })).toBe(text);
});

test('a section that stands away from the margin stays readable', () => {
  const text = ' [web]\n   port = ssh\n  [other]\n  port = 1\n';
  const edited = editIni(text, 'web', { bantime: '1h', port: '1\n2' });
  expect(parseIni(edited).map((one) => [one.section, one.key, valueOf(one)])).toEqual([
    ['web', 'port', '1\n2'],
    ['web', 'bantime', '1h'],
    ['other', 'port', '1'],
  ]);
});

const word = fc.stringMatching(/^[a-z][a-z0-9.]{0,6}$/);
const piece = fc.stringMatching(/^[a-zA-Z0-9$^<>%()][a-zA-Z0-9 =:[\]$^<>%()#]{0,10}[a-z0-9]$/);
const valueArb = fc.array(piece, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
const noise = fc.constantFrom('', '# a comment', '  ; another', '   ', '#x = 1');
const sectionNames = fc.constantFrom('DEFAULT', 'web', 'sshd', 'a b');

/** Files as people write them: comments and empty lines anywhere, any ending, signs and margins. */
const file = fc
  .record({
    sections: fc.uniqueArray(
      fc.record({
        name: sectionNames,
        margin: fc.constantFrom('', '', '\t'),
        options: fc.uniqueArray(
          fc.record({
            key: word,
            sign: fc.constantFrom(' = ', '=', ': '),
            value: valueArb,
            after: noise,
            inside: noise,
          }),
          { selector: (one) => one.key, maxLength: 4 },
        ),
      }),
      { selector: (one) => one.name, maxLength: 3 },
    ),
    end: fc.constantFrom('\n', '\r\n'),
    open: fc.boolean(),
  })
  .map(({ sections, end, open }) => {
    const lines = sections
      .toSorted((a, b) => b.margin.length - a.margin.length)
      .flatMap(({ name, margin, options }) => [
        `${margin}[${name}]`,
        ...options.flatMap(({ key, sign, value, after, inside }) => {
          const [first = '', ...rest] = value.split('\n');
          const more = rest.flatMap((line) => [inside, `${margin}    ${line}`]);
          return [`${margin}${key}${sign}${first}`, ...more, after];
        }),
      ]);
    const text = lines.join(end);
    return open ? text : text === '' ? '' : text + end;
  });

const read = (text: string): Map<string, string> =>
  new Map(parseIni(text).map((one) => [`${one.section}\n${one.key}`, valueOf(one)]));

test('whatever the file: reading it afterwards shows exactly the change, and other lines are the same bytes', () => {
  const change = fc.dictionary(word, fc.option(valueArb), { maxKeys: 3 });
  fc.assert(
    fc.property(file, sectionNames, change, (text, section, options) => {
      const edited = editIni(text, section, options);
      const wanted = read(text);
      for (const [key, value] of Object.entries(options)) {
        if (value === null) wanted.delete(`${section}\n${key}`);
        else wanted.set(`${section}\n${key}`, value);
      }
      expect(read(edited)).toEqual(wanted);
      const touched = new Set(
        parseIni(text)
          .filter((one) => one.section === section && Object.hasOwn(options, one.key))
          .flatMap((one) => one.lines.map((line) => line.line)),
      );
      const kept = text.split('\n').filter((line, index) => !touched.has(index + 1) && line.trim() !== '');
      const left = edited.split('\n');
      let from = 0;
      for (const line of kept) {
        const at = left.findIndex(
          (one, index) => index >= from && one.replace(/\r$/, '') === line.replace(/\r$/, ''),
        );
        expect(at).toBeGreaterThanOrEqual(from);
        from = at + 1;
      }
      // The same edit again changes nothing.
      expect(editIni(edited, section, options)).toBe(edited);
    }),
    { numRuns: 500 },
  );
});

test('Python’s parser reads the edited files as ours does', () => {
  const change = fc.dictionary(word, fc.option(valueArb), { maxKeys: 3 });
  const cases = fc.sample(fc.tuple(file, sectionNames, change), 200);
  const texts = cases.map(([text, section, options]) => editIni(text, section, options));
  const script = `
import configparser, json, sys
told = []
for text in json.load(sys.stdin):
    parser = configparser.RawConfigParser(inline_comment_prefixes=";", default_section="none")
    parser.read_string(text.replace("\\r\\n", "\\n"))
    told.append({s + "\\n" + k: "\\n".join(l for l in v.split("\\n") if l).strip() for s in parser.sections() for k, v in parser.items(s)})
json.dump(told, sys.stdout)
`;
  const told: unknown = JSON.parse(
    execFileSync('/usr/bin/python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' }),
  );
  expect(told).toEqual(texts.map((text) => Object.fromEntries(read(text))));
});
