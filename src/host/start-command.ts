/** Runs the command that starts fail2ban: no shell, and nothing of it ends with us. */
import { spawn } from 'node:child_process';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 100;

/** Answers how it was started, as a sentence. Throws with what the command said when fail2ban is not back by it. */
export async function startBy(
  command: readonly string[],
  isBack: () => Promise<boolean>,
  limitMs: number,
): Promise<string> {
  const shown = command.join(' ');
  const started = await run(command);
  const failure = async (how: string): Promise<Error> => {
    const said = await started.said();
    return new Error(`fail2ban does not run: ${shown} ${how}.${said === '' ? '' : ` It said: ${said}`}`);
  };
  try {
    const end = performance.now() + limitMs;
    do {
      if (await isBack()) return `Started by ${shown}.`;
      const ended = started.ended();
      if (ended !== null && ended !== succeeded) throw await failure(ended);
      await sleep(lookEveryMs);
    } while (performance.now() < end);
    started.give();
    throw await failure(`did not bring it back within ${Math.round(limitMs / 100) / 10} s`);
  } finally {
    await started.close();
  }
}

const succeeded = 'ended with code 0';

interface StartRun {
  /** How it ended, as part of a sentence; null while it runs. */
  ended(): string | null;
  /** The last lines it wrote. */
  said(): Promise<string>;
  /** Ends the command itself when it still runs; what it left running stays. */
  give(): void;
  /** To be called once nobody asks any more. */
  close(): Promise<void>;
}

const longestOutput = 8_192;

/**
 * `fail2ban-client start` ends once the server is up; a server in the foreground does not end. It may write for as
 * long as it lives, so its output goes to a file without a name and not to a pipe that breaks when we end.
 */
async function run(command: readonly string[]): Promise<StartRun> {
  const [program = '', ...args] = command;
  const output = await openNameless();
  let ended: string | null = null;
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    env: withoutOwn(process.env),
    stdio: ['ignore', output.fd, output.fd],
  });
  child.once('error', (error) => (ended = `could not be run: ${error.message}`));
  child.once('exit', (code, signal) => (ended ??= `ended with ${signal ?? `code ${String(code)}`}`));
  child.unref();
  return {
    ended: () => ended,
    async said() {
      const { size } = await output.stat();
      const from = Math.max(0, size - longestOutput);
      const { buffer, bytesRead } = await output.read(Buffer.alloc(longestOutput), 0, longestOutput, from);
      return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-5).join(' ');
    },
    give: () => void (ended === null && child.kill('SIGTERM')),
    close: () => output.close(),
  };
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `bangui-start-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await rm(path);
  return handle;
}

/** Our settings hold secrets, and fail2ban's actions see its environment. */
const withoutOwn = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('BANGUI_')));
