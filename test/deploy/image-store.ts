/**
 * The project's three images, really built with buildah and run with podman, without a Docker engine and without a
 * registry of images: their bases are stand-ins made by debootstrap, under the names the Dockerfiles ask for.
 * What is slow to make is kept in the user's cache folder and made again when it is missing or its sources changed.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { takeLock } from '../../runtime/lock.mjs';

export const projectRoot = join(import.meta.dirname, '../..');
export type ImageName = 'backend' | 'frontend' | 'fail2ban';
export const imageTag = (name: ImageName): string => `localhost/bangui-${name}:latest`;

export interface ImageStore {
  /** Builds the image unless it is there from the same sources. */
  image(name: ImageName): Promise<void>;
  /** Standard output; throws with everything it printed when it ends with an error. */
  podman(args: readonly string[], limitMs?: number): Promise<string>;
  /** For the next run. */
  release(): void;
}

const debian = 'docker.io/library/debian:bookworm-slim';
const node = 'docker.io/library/node:24-bookworm-slim';
// crun does not start on machines with both kinds of cgroups; without CAP_SYS_RESOURCE the usual limits cannot be raised
const engineSettings = `[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
`;

/** One at a time on a machine: a second run waits. */
export async function openImageStore(): Promise<ImageStore> {
  const dir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bangui-deploy-tests');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const waiting = (holder: string): void => console.log(`waiting for the images (process ${holder})`);
  const { release } = await takeLock({ file: join(dir, 'lock'), waiting });
  const settings = join(dir, 'containers.conf');
  await writeFile(settings, engineSettings);
  const where = ['--root', join(dir, 'storage'), '--runroot', join(dir, 'run'), '--storage-driver', 'vfs'];
  const env = { ...process.env, CONTAINERS_CONF: settings };
  const call = async (program: string, args: readonly string[], limitMs = 300_000): Promise<string> => {
    const options = { env, cwd: projectRoot, timeout: limitMs, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(program, [...where, ...args], options);
    return stdout.trim();
  };
  const buildah = (...args: string[]): Promise<string> => call('buildah', args);
  // whatever a run that was killed has left, and what replaced images have
  const clean = [
    ['rm', '--all', '--force', '--time', '0'],
    ['volume', 'prune', '--force'],
    ['image', 'prune', '--force'],
  ];
  for (const args of clean) await call('podman', args);
  await buildah('rm', '--all');
  const endWithUs = (): void => {
    for (const args of clean.slice(0, 2)) spawnSync('podman', [...where, ...args], { env });
  };
  process.once('exit', endWithUs);
  const has = async (tag: string): Promise<boolean> =>
    (await buildah('images', '--format', '{{.Name}}:{{.Tag}}')).split('\n').includes(tag);

  async function baseImages(): Promise<void> {
    const tree = await debianTree(dir);
    if (!(await has(debian))) {
      const container = await buildah('from', 'scratch');
      await buildah('add', container, tree, '/');
      await buildah('config', '--cmd', '/bin/bash', container);
      await buildah('commit', '--rm', '--disable-compression', container, debian);
    }
    if (!(await has(node))) {
      const container = await buildah('from', '--pull-never', debian);
      const parts = await nodeTree(dir);
      await buildah('add', container, parts, '/usr/local');
      await rm(parts, { recursive: true });
      await buildah('config', '--cmd', 'node', container);
      await buildah('commit', '--rm', '--disable-compression', container, node);
    }
  }

  let bases: Promise<void> | null = null;
  return {
    async image(name) {
      const sources = await sourcesHash(name);
      const label = '{{index .Config.Labels "bangui.sources"}}';
      const tag = imageTag(name);
      if (
        (await has(tag)) &&
        (await call('podman', ['image', 'inspect', '--format', label, tag])) === sources
      )
        return;
      await (bases ??= baseImages());
      const secret = await npmSettings();
      const args = ['bud', '--isolation', 'chroot', '--pull-never', '--format', 'docker', '--no-cache'];
      args.push('--secret', `id=npmrc,src=${secret}`, '--label', `bangui.sources=${sources}`);
      args.push('-f', `Docker/${name}.Dockerfile`, '-t', tag, '.');
      try {
        await buildah(...args);
      } finally {
        await rm(dirname(secret), { recursive: true });
      }
    },
    podman: (args, limitMs) => call('podman', args, limitMs),
    release() {
      process.off('exit', endWithUs);
      release();
    },
  };
}

/** A minimal Debian. Made aside and moved into place: one that was cut short is never taken for whole. */
async function debianTree(dir: string): Promise<string> {
  const tree = join(dir, 'bookworm');
  if (existsSync(tree)) return tree;
  const next = `${tree}.next`;
  await rm(next, { recursive: true, force: true });
  await promisify(execFile)('debootstrap', ['--variant=minbase', 'bookworm', next], {
    timeout: 600_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  await rename(next, tree);
  return tree;
}

/** What the official image has under /usr/local: the Node that runs us now, and npm. */
async function nodeTree(dir: string): Promise<string> {
  const tree = await mkdtemp(join(dir, 'node-'));
  await mkdir(join(tree, 'bin'));
  await cp(await realpath(process.execPath), join(tree, 'bin/node'));
  const roots = await promisify(execFile)('npm', ['root', '--global'], { env: withoutNpmSettings() });
  await cp(join(roots.stdout.trim(), 'npm'), join(tree, 'lib/node_modules/npm'), { recursive: true });
  for (const program of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${program}-cli.js`, join(tree, 'bin', program));
  return tree;
}

/** This machine's registry and whom it trusts, for `npm ci` inside the build: a file that no layer keeps. */
async function npmSettings(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-npmrc-'));
  const file = join(dir, 'npmrc');
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry']);
  const trusted = getCACertificates('default').map((pem) => `ca[]=${JSON.stringify(pem.trim())}`);
  await writeFile(file, [`registry=${stdout.trim()}`, ...trusted, ''].join('\n'), { mode: 0o600 });
  return file;
}

/** npm started by npm takes the settings of the outer one, its folder of global packages among them. */
function withoutNpmSettings(): NodeJS.ProcessEnv {
  const outside = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  const entries = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return { ...Object.fromEntries(entries), PATH: outside.join(':') };
}

/** Of the Dockerfile and of everything it copies from the repository. */
async function sourcesHash(name: ImageName): Promise<string> {
  const dockerfile = `Docker/${name}.Dockerfile`;
  const text = await readFile(join(projectRoot, dockerfile), 'utf8');
  const copied = [...text.matchAll(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );
  const hash = createHash('sha256').update(process.version);
  for (const path of [dockerfile, '.dockerignore', ...copied]) {
    for (const file of await filesUnder(path))
      hash.update(`${file}\0`).update(await readFile(join(projectRoot, file)));
  }
  return hash.digest('hex');
}

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, path), { recursive: true, withFileTypes: true }).catch(
    () => null,
  );
  if (entries === null) return [path];
  const files = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1)).toSorted();
}
