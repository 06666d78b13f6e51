/** A private PostgreSQL server in a folder of its own, for tests and benchmarks. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort, until } from '../bangui.ts';

export interface RunningPostgres {
  /** `postgres://…` of the database `name`, made empty when it is not there. */
  database(name: string): Promise<string>;
  /** Of the server process. */
  readonly pid: number;
  stop(): Promise<void>;
}

const programs = '/usr/lib/postgresql/15/bin';
const run = promisify(execFile);

/** Durability is off: these databases are thrown away. Ends with this process, however that ends. */
export async function startPostgres(): Promise<RunningPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-postgres-'));
  // PostgreSQL refuses to run as root
  const user = process.getuid?.() === 0 ? await idsOf('postgres') : null;
  if (user !== null) await chown(dir, user.uid, user.gid);
  const as = user === null ? {} : user;
  const data = join(dir, 'data');
  const init = ['-D', data, '-U', 'bangui', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await run(join(programs, 'initdb'), init, { ...as, cwd: dir });
  const port = await freePort();
  const given = [
    ['listen_addresses', '127.0.0.1'],
    ['port', String(port)],
    ['unix_socket_directories', dir],
    ['fsync', 'off'],
    ['max_connections', '200'],
  ].flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const ids =
    user === null ? [] : ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
  // the kernel ends it when the thread that started it is gone, even by kill -9
  const words = [...ids, '--pdeathsig', 'KILL', join(programs, 'postgres'), '-D', data, ...given];
  const child = spawn('/usr/bin/setpriv', words, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (text) => (output += String(text)));
  const url = (name: string): string => `postgres://bangui@127.0.0.1:${port}/${name}`;
  const cleanUp = (): void => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  await until('PostgreSQL answers', async () => {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}: ${output}`);
    return await answers(url('postgres'));
  });
  return {
    pid: child.pid ?? -1,
    async database(name) {
      const client = new pg.Client(url('postgres'));
      await client.connect();
      try {
        const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
        if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    async stop() {
      process.off('exit', cleanUp);
      // a fast shutdown: connections are cut
      await end(child, 'SIGINT');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string): Promise<number> => Number((await run('/usr/bin/id', [flag, user])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
