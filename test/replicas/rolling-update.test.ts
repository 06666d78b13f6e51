/** An update of three instances, one after the other, behind nginx and under load: nobody who calls notices. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { expect, test } from 'vitest';
import { freePort, until, type RunningBangui } from '../bangui.ts';
import { signIn } from '../operator.ts';
import { readRecord } from './record.ts';
import { startReplicas } from './replicas.ts';

test('a rolling update loses no job and answers every call', { timeout: 240_000 }, async () => {
  const replicas = await startReplicas({ redis: true });
  const balancer = await startBalancer(replicas.instances.map(({ url }) => new URL(url).host));
  try {
    const { cookie } = await signIn(balancer.url);
    await until('the first instance counts', async () => (await readRecord(replicas.sql)).completed > 0);
    const { stop, result } = underLoad({
      url: balancer.url,
      connections: 20,
      overallRate: 400,
      duration: 120,
      requests: ['/api/v1/jails', '/api/v1/bans/active?page_size=50', '/api/v1/dashboard/status'].map(
        (path) => ({
          method: 'GET',
          path,
          headers: { cookie },
        }),
      ),
    });
    const handovers: number[] = [];
    for (const index of replicas.instances.keys()) {
      await sleep(2_000);
      const instance = replicas.instances[index];
      const held = (await replicas.holder()) === index;
      const began = performance.now();
      expect(await instance?.stop()).toBe(0);
      if (held) {
        await until(
          'another instance holds the lock',
          async () => (await replicas.holder()) !== null,
          20_000,
        );
        handovers.push(performance.now() - began);
      }
      await replicas.startAgain(index);
    }
    await sleep(2_000);
    stop();
    const { requests, latency, non2xx, errors } = await result;
    const record = await readRecord(replicas.sql);
    console.log(
      `${requests.total} calls, p99 ${latency.p99} ms; ${non2xx} not 2xx, ${errors} cut; ` +
        `lock handed over after ${handovers.map((ms) => Math.round(ms)).join(', ')} ms; ${record.completed} runs`,
    );
    expect(non2xx).toBe(0);
    expect(errors).toBe(0);
    expect(requests.total).toBeGreaterThan(500);
    expect(record.faults).toEqual([]);
    expect(handovers.length).toBeGreaterThan(0);
    // including the stop itself; the shortest lease is 9 s
    expect(Math.max(...handovers)).toBeLessThan(6_000);
  } finally {
    await balancer.stop();
    await replicas.stop();
  }
});

function underLoad(options: autocannon.Options): { stop(): void; result: Promise<autocannon.Result> } {
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
  return { stop: () => instance.stop(), result: promise };
}

/** nginx that asks another instance when one refuses, as the proxy of a cluster does. */
async function startBalancer(
  hosts: readonly string[],
): Promise<Pick<RunningBangui, 'url'> & { stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-nginx-'));
  await chmod(dir, 0o755);
  const port = await freePort();
  const file = join(dir, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log;
     events { worker_connections 256; }
     http {
       access_log off;
       client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
       upstream bangui { ${hosts.map((host) => `server ${host} max_fails=1 fail_timeout=1s;`).join(' ')} keepalive 32; }
       server {
         listen 127.0.0.1:${port};
         location / {
           proxy_pass http://bangui; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $http_host;
           proxy_next_upstream error timeout http_503; proxy_connect_timeout 1s;
         }
       }
     }`,
  );
  const child = spawn('/usr/sbin/nginx', ['-c', file, '-p', dir], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const url = `http://127.0.0.1:${port}`;
  await until('nginx answers', async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    return await fetch(`${url}/api/v1/health/live`).then(
      async (answer) => (await answer.arrayBuffer(), answer.ok),
      () => false,
    );
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', killWithUs);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
