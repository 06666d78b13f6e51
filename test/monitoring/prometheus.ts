/** A private Prometheus in a folder of its own, and Debian's promtool. */
import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePort, until } from '../bangui.ts';

const deploy = join(import.meta.dirname, '../../deploy/prometheus');

export interface RunningPrometheus {
  url: string;
  /** Value of the first series an expression gives; null when there is none. */
  value(expression: string): Promise<number | null>;
  stop(): Promise<void>;
}

/** Runs the example configuration of ours, its target, token and pace replaced. */
export async function startPrometheus(target: string, token: string): Promise<RunningPrometheus> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-prometheus-'));
  const example = await readFile(join(deploy, 'prometheus.yml'), 'utf8');
  const config = join(dir, 'prometheus.yml');
  await writeFile(config, example.replace('127.0.0.1:8000', target).replaceAll(': 15s', ': 1s'));
  await writeFile(join(dir, 'metrics-token'), token);
  await cp(join(deploy, 'alerts.yml'), join(dir, 'alerts.yml'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const words = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  // the kernel ends it when the thread that started it is gone, even by kill -9
  const child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', '/usr/bin/prometheus', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const cleanUp = (): void => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  await until('Prometheus is ready', async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}: ${said}`);
    return await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return {
    url,
    async value(expression) {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const { data } = answerShape.parse(await answer.json());
      const text = data.result[0]?.value[1];
      return text === undefined ? null : Number(text);
    },
    async stop() {
      process.off('exit', cleanUp);
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const answerShape = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Output of promtool in the folder of our rules; throws with it when promtool finds a mistake. */
export async function promtool(...words: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('/usr/bin/promtool', words, { cwd: deploy });
  return stdout + stderr;
}
