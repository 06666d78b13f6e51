/** `Docker/docker-compose.yml` as data, and a service of it as arguments of podman. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from './image-store.ts';

const amounts = z.strictObject({ cpus: z.string(), memory: z.string() });
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }),
  networks: z.array(z.string()),
  cap_drop: z.array(z.string()),
  cap_add: z.array(z.string()).default([]),
  read_only: z.boolean(),
  volumes: z.array(z.union([z.string(), z.strictObject({ type: z.literal('tmpfs'), target: z.string() })])),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.unknown()).default([]),
  healthcheck: z.strictObject({
    test: z.array(z.string()),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
    start_period: z.string(),
  }),
  stop_grace_period: z.string(),
  restart: z.string(),
  deploy: z.object({ resources: z.strictObject({ limits: amounts, reservations: amounts }) }),
});
export type Service = z.output<typeof service>;

const composeFile = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.null()),
});

export const composePath = join(projectRoot, 'Docker/docker-compose.yml');

/** With the defaults of its variables filled in. */
export function readCompose(): z.output<typeof composeFile> {
  const text = readFileSync(composePath, 'utf8').replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1');
  return composeFile.parse(parse(text, { merge: true }));
}

/** Arguments of `podman run` before the image. Volumes get a prefix, so that each run has its own. */
export function runArguments(given: Service, volumePrefix: string): string[] {
  const mounts = given.volumes.flatMap((volume) =>
    typeof volume === 'string' ? ['--volume', `${volumePrefix}-${volume}`] : ['--tmpfs', volume.target],
  );
  const { limits } = given.deploy.resources;
  return [
    ...(given.read_only ? ['--read-only'] : []),
    ...given.cap_drop.flatMap((name) => ['--cap-drop', name]),
    ...given.cap_add.flatMap((name) => ['--cap-add', name]),
    '--memory',
    limits.memory.toLowerCase(),
    '--cpus',
    limits.cpus,
    '--stop-timeout',
    given.stop_grace_period.replace('s', ''),
    ...mounts,
    ...Object.entries(given.environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}
