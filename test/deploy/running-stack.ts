/** The three services of the compose file, run by podman with its limits, rights, volumes and environment. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, until } from '../bangui.ts';
import { readCompose, runArguments } from './compose-file.ts';
import { imageTag, type ImageName, type ImageStore } from './image-store.ts';
import { startNameServer } from './name-server.ts';

export interface RunningStack {
  /** Of nginx, and of the API itself. */
  frontend: string;
  backend: string;
  /** Standard output of a command in a container; throws when it fails. */
  exec(name: ImageName, ...command: string[]): Promise<string>;
  restart(name: ImageName): Promise<void>;
  /** SIGTERM (or the image's own signal), SIGKILL after the grace period. Answers exit code and how long it took, ms. */
  stop(name: ImageName): Promise<{ code: number; ms: number }>;
  start(name: ImageName): Promise<void>;
  /** Everything on its standard output. */
  logs(name: ImageName): Promise<string>;
  isRunning(name: ImageName): Promise<boolean>;
  /** Of a running container: bytes, and whether the kernel has ended a process of it for want of memory. */
  memory(name: ImageName): Promise<{ most: number; outOfMemory: boolean }>;
  remove(): Promise<void>;
}

interface StackOptions {
  store: ImageStore;
  /** Beside what the compose file says. */
  environment?: Partial<Record<ImageName, Record<string, string>>>;
}

const names: readonly ImageName[] = ['fail2ban', 'backend', 'frontend'];

/**
 * fail2ban gets a network of its own with nothing in it: the capabilities the compose file grants it must never meet
 * this machine's firewall. The other two use the machine's loopback, on free ports; nginx finds the backend by its name.
 */
export async function startStack({ store, environment = {} }: StackOptions): Promise<RunningStack> {
  const { services, volumes } = readCompose();
  const prefix = `bangui-test-${randomBytes(4).toString('hex')}`;
  const ports = { backend: await freePort(), frontend: await freePort() };
  const container = (name: ImageName): string => `${prefix}-${name}`;
  const here: Record<ImageName, Record<string, string>> = {
    fail2ban: {},
    backend: { BANGUI_PORT: String(ports.backend), BANGUI_TRUSTED_PROXIES: '127.0.0.1' },
    frontend: { LISTEN_PORT: String(ports.frontend), BACKEND_URL: `http://backend:${ports.backend}` },
  };
  const nameServer = await startNameServer('backend');
  const started: ImageName[] = [];
  const remove = async (): Promise<void> => {
    await nameServer.stop();
    for (const name of started) await store.podman(['rm', '--force', '--time', '5', container(name)]);
    await store.podman([
      'volume',
      'rm',
      '--force',
      ...Object.keys(volumes).map((name) => `${prefix}-${name}`),
    ]);
  };
  const urls = {
    frontend: `http://127.0.0.1:${ports.frontend}`,
    backend: `http://127.0.0.1:${ports.backend}`,
  };
  try {
    for (const name of names) {
      await store.image(name);
      const service = services[name];
      if (service === undefined) throw new Error(`the compose file has no service ${name}`);
      const given = { ...service.environment, ...here[name], ...environment[name] };
      const run = ['run', '--detach', '--pull', 'never', '--name', container(name)];
      run.push('--network', name === 'fail2ban' ? 'none' : 'host');
      if (name === 'frontend') run.push('--dns', nameServer.address);
      run.push(...runArguments({ ...service, environment: given }, prefix), imageTag(name));
      started.push(name);
      await store.podman(run);
    }
    await until('the backend is alive', () => answers(`${urls.backend}/api/v1/health/live`), 30_000, 200);
    await until('the frontend is there', () => answers(urls.frontend), 30_000, 200);
  } catch (error) {
    const logs = started.map((name) => store.podman(['logs', container(name)]).catch(String));
    const told = (await Promise.all(logs)).join('\n');
    await remove();
    throw new Error(`the stack did not start:\n${told}`, { cause: error });
  }
  return {
    ...urls,
    exec: (name, ...command) => store.podman(['exec', container(name), ...command]),
    restart: async (name) => void (await store.podman(['restart', container(name)])),
    start: async (name) => void (await store.podman(['start', container(name)])),
    async stop(name) {
      const began = performance.now();
      await store.podman(['stop', container(name)]);
      const ms = performance.now() - began;
      const code = Number(
        await store.podman(['inspect', '--format', '{{.State.ExitCode}}', container(name)]),
      );
      return { code, ms };
    },
    logs: (name) => store.podman(['logs', container(name)]),
    async isRunning(name) {
      return (await store.podman(['inspect', '--format', '{{.State.Running}}', container(name)])) === 'true';
    },
    async memory(name) {
      // the names of both kinds of cgroups
      const peak = 'cat memory.peak memory/memory.max_usage_in_bytes 2> /dev/null';
      const kills = 'grep -hs "^oom_kill " memory.events memory/memory.oom_control';
      const look = `cd /sys/fs/cgroup; ${peak}; ${kills}; true`;
      const [most, killed] = (await store.podman(['exec', container(name), 'sh', '-c', look])).split('\n');
      return { most: Number(most), outOfMemory: killed !== 'oom_kill 0' };
    },
    remove,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { headers: { accept: 'text/html' } });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    await sleep(50);
    return false;
  }
}
