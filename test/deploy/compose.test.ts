/** The compose file, judged by docker-compose, by the rules a stack adds, and by the promised figures; and the Dockerfiles. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { composePath, readCompose } from './compose-file.ts';
import { projectRoot } from './image-store.ts';

const docker = join(projectRoot, 'Docker');
const { services, networks, volumes } = readCompose();

/** What `docker compose` and `docker-compose config` accept, and `docker stack deploy` ignores or refuses. */
function againstStacks(text: string): string[] {
  const found: string[] = [];
  const given: { services: Record<string, Record<string, unknown>> } = parse(text, { merge: true });
  for (const [name, service] of Object.entries(given.services)) {
    if ('network_mode' in service) found.push(`${name}: network_mode`);
    if (service['depends_on'] !== undefined && !Array.isArray(service['depends_on']))
      found.push(`${name}: conditional depends_on`);
    if ('build' in service && !('image' in service)) found.push(`${name}: build without image`);
    const resources = parse(JSON.stringify(service['deploy'] ?? {}))['resources'] ?? {};
    if (resources['limits'] === undefined || resources['reservations'] === undefined)
      found.push(`${name}: no deploy.resources`);
    for (const key of [
      'container_name',
      'mem_limit',
      'cpus',
      'security_opt',
      'tmpfs',
      'group_add',
      'privileged',
    ])
      if (key in service) found.push(`${name}: ${key}`);
  }
  return found;
}

describe('the compose file', () => {
  test('is accepted by docker-compose', async () => {
    const { stdout } = await promisify(execFile)('docker-compose', ['-f', composePath, 'config']);
    expect(Object.keys(parse(stdout)['services'])).toEqual(['backend', 'fail2ban', 'frontend']);
  });

  test('holds nothing that a stack ignores or refuses', () => {
    expect(againstStacks(readFileSync(composePath, 'utf8'))).toEqual([]);
    expect(networks).toMatchObject({ host: { external: true, name: 'host' } });
    expect(services['fail2ban']?.networks).toEqual(['host']);
    const wrong =
      'services: { a: { build: ., network_mode: host, depends_on: { b: { condition: service_healthy } } } }';
    expect(againstStacks(wrong)).toHaveLength(4);
  });

  test('promises these limits and reservations, this health check and this grace period', () => {
    const figures = Object.entries(services).map(
      ([name, { deploy, healthcheck, stop_grace_period: grace }]) => {
        const { limits, reservations } = deploy.resources;
        const amounts = [limits.cpus, limits.memory, reservations.cpus, reservations.memory];
        const { interval, timeout, retries, start_period: start } = healthcheck;
        return [name, ...amounts, interval, timeout, retries, start, grace].join(' ');
      },
    );
    expect(figures).toEqual([
      'fail2ban 0.5 128M 0.1 64M 30s 10s 3 40s 30s',
      'backend 2.0 512M 1.0 256M 30s 10s 3 40s 30s',
      'frontend 0.5 128M 0.25 64M 30s 10s 3 40s 30s',
    ]);
    expect(readFileSync(composePath, 'utf8')).not.toMatch(/(?:cpus|memory): *['"]?\$/);
  });

  test('keeps the database where it was promised, without practice, reachable by nginx', () => {
    expect(services['backend']?.environment).toMatchObject({
      BANGUI_DATABASE_PATH: '/var/lib/bangui/bangui.db',
      BANGUI_PRACTICE: 'never',
      BANGUI_LISTEN_HOST: '0.0.0.0',
    });
    expect(services['frontend']?.environment['BACKEND_URL']).toBe('http://backend:8000');
    expect(services['backend']?.environment['BANGUI_CORS_ALLOWED_ORIGINS']).toBe(
      services['frontend']?.environment['BANGUI_CORS_ALLOWED_ORIGINS'],
    );
  });

  test('shows fail2ban’s folders to the backend under the same paths', () => {
    const shared = (name: string): string[] =>
      (services[name]?.volumes ?? []).flatMap((volume) =>
        typeof volume === 'string' ? [volume.replace(/:ro$/, '')] : [],
      );
    expect(shared('fail2ban')).toHaveLength(6);
    expect(shared('backend')).toEqual(expect.arrayContaining(shared('fail2ban')));
    const used = new Set(
      Object.keys(services)
        .flatMap(shared)
        .map((volume) => volume.split(':')[0]),
    );
    expect(used).toEqual(new Set(Object.keys(volumes)));
  });
});

describe('the Makefile', () => {
  test('starts and stops with both files, of which the second only says how Compose reaches the machine’s network', async () => {
    const planned = async (target: string): Promise<string> =>
      (await promisify(execFile)('make', ['-n', target], { cwd: projectRoot })).stdout.trim();
    const compose = 'docker compose -f Docker/docker-compose.yml -f Docker/docker-compose.host.yml';
    expect(await planned('up')).toBe(`${compose} up --detach --build`);
    expect(await planned('down')).toBe(`${compose} down`);
    expect(await planned('logs')).toContain(`${compose} logs`);
    expect(await planned('test')).toBe('npm test');
    const second = readFileSync(join(docker, 'docker-compose.host.yml'), 'utf8');
    const reset = { tag: '!reset', resolve: () => 'reset' };
    expect(parse(second, { customTags: [reset] })).toEqual({
      services: { fail2ban: { network_mode: 'host', networks: 'reset' } },
    });
  });
});

describe('the Dockerfiles', () => {
  test('are without a complaint of the linter', async () => {
    const files = (await readdir(docker)).filter((name) => name.endsWith('.Dockerfile'));
    expect(files.toSorted()).toEqual(['backend.Dockerfile', 'fail2ban.Dockerfile', 'frontend.Dockerfile']);
    for (const file of files) expect(validate(readFileSync(join(docker, file), 'utf8')), file).toEqual([]);
    expect(validate('FROM a\nCMD x\nCMD y\n')).not.toEqual([]);
  });

  test('agree on the group that may use fail2ban, and start their program as process 1', () => {
    const text = (name: string): string => readFileSync(join(docker, `${name}.Dockerfile`), 'utf8');
    for (const name of ['backend', 'fail2ban']) expect(text(name)).toContain('groupadd --gid 10001 bangui');
    for (const name of ['backend', 'fail2ban', 'frontend']) expect(text(name)).toMatch(/^ENTRYPOINT \[/m);
    expect(text('backend')).toMatch(/^USER bangui$/m);
    expect(text('frontend')).toMatch(/^USER bangui-pages$/m);
  });
});
