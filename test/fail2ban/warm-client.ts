/** fail2ban's own client for tests: one Python for all of a test process, which forks for each command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const end = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

let server: Promise<string> | null = null;

/** What `fail2ban-client` prints; throws when it ends with an error. */
export async function runClient(args: readonly string[]): Promise<string> {
  server ??= start();
  const connection = connect(await server);
  connection.write(`${JSON.stringify(args)}\n`);
  const { code, stdout, stderr } = end.parse(JSON.parse(await text(connection)));
  if (code !== 0) throw new Error(`fail2ban-client ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** Answers the path of its socket. The kernel ends it with the process that started it. */
async function start(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bangui-client-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const socket = join(dir, 'socket');
  const program = ['/usr/bin/python3', join(import.meta.dirname, 'warm-client.py'), socket];
  const child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('fail2ban-client could not be started');
    }),
  ]);
  child.stdout.destroy();
  child.unref();
  return socket;
}
