/** A private Redis server in a folder of its own, for tests and benchmarks. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '../bangui.ts';

export interface RunningRedis {
  /** `redis://…` */
  url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Nothing is kept on disk. Ends with this process, however that ends. */
export async function startRedis({ port }: { port?: number } = {}): Promise<RunningRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-redis-'));
  const listening = port ?? (await freePort());
  const given = [
    '--port',
    String(listening),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    dir,
  ];
  // the kernel ends it when the thread that started it is gone, even by kill -9
  const words = ['--pdeathsig', 'KILL', '/usr/bin/redis-server', ...given];
  const child = spawn('/usr/bin/setpriv', words, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const cleanUp = (): void => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  await until('Redis listens', async () => {
    if (child.exitCode !== null) throw new Error(`Redis ended with ${child.exitCode}`);
    return await listens(listening);
  });
  return {
    url: `redis://127.0.0.1:${listening}`,
    pid: child.pid ?? -1,
    async stop() {
      process.off('exit', cleanUp);
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false)).once('connect', () => socket.destroy());
  });
