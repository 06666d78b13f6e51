/** Every command of the documents for operators works. They are run one after the other, in the order of reading. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { known } from './known-commands.ts';
import { openSandbox, projectRoot, type Sandbox } from './sandbox.ts';
import { commandsIn, readCommands, type Command } from './read-commands.ts';
import { standIns } from './stand-ins.ts';

const commands = readCommands(projectRoot);

test('the documents hold commands, and blocks of other languages are not taken for them', () => {
  expect(commands.length).toBeGreaterThan(60);
  const page =
    'A\n```sh\nls   # list\n\n# only words\n```\n```ini\nno = command\n```\n```sql\nSELECT 1;\n```\n';
  expect(commandsIn('page', page)).toEqual([
    { document: 'page', line: 3, language: 'sh', text: 'ls' },
    { document: 'page', line: 11, language: 'sql', text: 'SELECT 1;' },
  ]);
});

test('every command is known, and every known one is in a document', () => {
  const written = new Set(commands.map(({ text }) => text));
  expect([...written].filter((text) => known[text] === undefined)).toEqual([]);
  expect(Object.keys(known).filter((text) => !written.has(text))).toEqual([]);
});

describe('the command', { timeout: 150_000 }, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
  }, 120_000);
  afterAll(() => sandbox.remove());

  test.each(
    commands.map((command) => [`${command.document}:${command.line} ${command.text}`, command] as const),
  )('%s', async (_name, command) => {
    const entry = known[command.text];
    if (entry === undefined) throw new Error('it is not known');
    if (entry.how === 'elsewhere') return expect(entry.because).not.toBe('');
    if (entry.how === 'start') return startBangui(sandbox, command.text, entry.alone === true);
    if (entry.how === 'stand-in') return callStandIn(sandbox, command);
    await entry.before?.(sandbox);
    const { exit, output } = await sandbox.run(
      command.language === 'sql' ? `sqlite3 data/bangui.db "${command.text}"` : command.text,
    );
    await entry.after?.(sandbox);
    expect({ exit, output }).toMatchObject({ exit: 0, output: expect.stringMatching(entry.expects ?? /^/) });
  });
});

/** On another port it is another BanGUI, on the database of the one that ran. */
async function startBangui(sandbox: Sandbox, text: string, alone: boolean): Promise<void> {
  if (alone) await sandbox.stop();
  await sandbox.start(text);
  if (!alone) return;
  await sandbox.stop();
  await sandbox.start();
}

async function callStandIn(sandbox: Sandbox, { text }: Command): Promise<void> {
  const { exit, output, recorded } = await sandbox.run(text);
  expect({ exit, output }).toMatchObject({ exit: 0 });
  const [[program = '', ...words] = []] = recorded;
  await standIns[program]?.judge(words, projectRoot);
  expect(Object.keys(standIns)).toContain(program);
  if (program !== 'systemctl' || words.at(-1) !== 'bangui') return;
  if (words[0] !== 'start' && words[0] !== 'enable') await sandbox.stop();
  if (words[0] !== 'stop') await sandbox.start();
}
