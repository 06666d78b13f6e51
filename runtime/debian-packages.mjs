/**
 * Installs Debian packages without letting their services start: a fail2ban that BanGUI brings for practice or tests
 * must not begin to guard the machine it is tried on. Also a program: `node runtime/debian-packages.mjs fail2ban`.
 */
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { takeLock } from './lock.mjs';
import { lastLines, runProgram, SetupError } from './run-program.mjs';

const ourPolicy = `#!/bin/sh
# Written by BanGUI while it installs packages, so that no service starts; removed right after.
exit 101
`;

/** What the tests need, and the file that shows that it is there. */
export const testPackages = Object.freeze({
  fail2ban: '/usr/bin/fail2ban-server',
  chromium: '/usr/bin/chromium',
  'postgresql-15': '/usr/lib/postgresql/15/bin/postgres',
  'redis-server': '/usr/bin/redis-server',
  'nginx-light': '/usr/sbin/nginx',
  prometheus: '/usr/bin/promtool',
  openssl: '/usr/bin/openssl',
  // what the documents' commands call, and what judges those that cannot be run
  sqlite3: '/usr/bin/sqlite3',
  curl: '/usr/bin/curl',
  iproute2: '/usr/bin/ss',
  // kernel sets and rules, tried in network namespaces of their own
  ipset: '/usr/sbin/ipset',
  iptables: '/usr/sbin/iptables',
  patch: '/usr/bin/patch',
  'docker-compose': '/usr/bin/docker-compose',
  unzip: '/usr/bin/unzip',
});

/** What the tests of the images need besides: they build and run them without a Docker engine. */
export const deployPackages = Object.freeze({
  buildah: '/usr/bin/buildah',
  podman: '/usr/bin/podman',
  runc: '/usr/sbin/runc',
  debootstrap: '/usr/sbin/debootstrap',
  'docker-compose': '/usr/bin/docker-compose',
  systemd: '/usr/bin/systemd-analyze',
  unzip: '/usr/bin/unzip',
  make: '/usr/bin/make',
});

/**
 * Installs them with apt-get; we must be root on a Debian. Throws SetupError with what to do instead when we are not,
 * or when this machine's own policy would let the services start.
 * @param {{ packages: readonly string[], say: (line: string) => void, signal?: AbortSignal | undefined, policyFile?: string, lockFile?: string, asRoot?: boolean }} options
 */
export async function installDebianPackages({
  packages,
  say,
  signal,
  policyFile = '/usr/sbin/policy-rc.d',
  lockFile = '/run/lock/bangui-packages.lock',
  asRoot = process.getuid?.() === 0 && existsSync('/usr/bin/dpkg'),
}) {
  const list = packages.join(' ');
  if (!asRoot) {
    throw new SetupError(
      `Missing here: ${list}. Install it first: sudo apt-get install --no-install-recommends ${list}`,
    );
  }
  const waiting = (/** @type {string} */ holder) =>
    say(`waiting for another installation (process ${holder})`);
  const { release } = await takeLock({ file: lockFile, waiting, signal });
  try {
    await withServicesOff(policyFile, list, async () => {
      say(`installing ${list} with apt-get`);
      await apt(['update']);
      signal?.throwIfAborted();
      await apt(['install', '--yes', '--no-install-recommends', ...packages]);
    });
    if (packages.includes('fail2ban')) await switchServiceOff();
  } finally {
    release();
  }
}

/** Debian asks /usr/sbin/policy-rc.d before it starts a service; 101 means no. @param {string} file @param {string} list @param {() => Promise<void>} act */
async function withServicesOff(file, list, act) {
  const present = await readFile(file, 'utf8').catch(() => null);
  // Ours from a run that was killed: nobody else holds the lock now.
  const ours = present === null || present === ourPolicy;
  if (!ours) {
    const { code } = await runProgram(file, ['fail2ban', 'start']);
    if (code !== 101) {
      throw new SetupError(
        `${file} of this machine lets services start when they are installed, and BanGUI does not change it. ` +
          `Install them yourself: apt-get install --no-install-recommends ${list}`,
      );
    }
    return act();
  }
  await writeFile(file, ourPolicy);
  await chmod(file, 0o755);
  try {
    return await act();
  } finally {
    await rm(file, { force: true });
  }
}

/** Never cut short: a package half installed is worse than a minute more, so no signal of ours reaches it. @param {readonly string[]} args */
async function apt(args) {
  const { code, output } = await runProgram('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    detached: true,
  });
  if (code !== 0) throw new SetupError(`apt-get ${args[0]} failed:\n${lastLines(output)}`);
}

/** Installed is not wanted: the next boot must not start it either. Whoever wants it enables it. */
async function switchServiceOff() {
  await runProgram('deb-systemd-helper', ['disable', 'fail2ban.service']);
  await runProgram('update-rc.d', ['fail2ban', 'disable']);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await installDebianPackages({ packages: argv.slice(2), say: (line) => console.log(line) });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
