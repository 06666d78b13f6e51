/** The rules of installing, with stand-ins for apt and its helpers: the real ones would change the machine. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installDebianPackages } from './debian-packages.mjs';

let dir = '';
let policyFile = '';
const path = process.env['PATH'];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-packages-'));
  policyFile = join(dir, 'policy-rc.d');
  await mkdir(join(dir, 'bin'));
  // Notes what it was asked, and what Debian's scripts would be told when they want to start a service.
  await program(
    'bin/apt-get',
    `echo "$*" >> ${dir}/asked; ${policyFile} fail2ban start; echo "$?" >> ${dir}/policy`,
  );
  await program('bin/deb-systemd-helper', `echo "$*" >> ${dir}/helper`);
  await program('bin/update-rc.d', `echo "$*" >> ${dir}/helper`);
  process.env['PATH'] = `${join(dir, 'bin')}${delimiter}${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(dir, { recursive: true, force: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, name), 0o755);
}

const install = (asRoot = true): Promise<void> =>
  installDebianPackages({
    packages: ['fail2ban'],
    say: () => undefined,
    policyFile,
    lockFile: join(dir, 'lock'),
    asRoot,
  });

const text = (name: string): Promise<string> => readFile(join(dir, name), 'utf8');

describe('a Debian package', () => {
  test('is installed while services may not start, and the machine is then as it was', async () => {
    await install();
    expect(await text('asked')).toMatch(/update\n.*install --yes --no-install-recommends fail2ban\n$/);
    expect(await text('policy')).toBe('101\n101\n');
    expect(existsSync(policyFile)).toBe(false);
  });

  test('of fail2ban leaves its service switched off for the next boot', async () => {
    await install();
    expect(await text('helper')).toContain('fail2ban disable');
  });

  test('uses a policy of this machine that forbids starting, and leaves it alone', async () => {
    await program('policy-rc.d', 'exit 101');
    const before = await text('policy-rc.d');
    await install();
    expect(await text('policy-rc.d')).toBe(before);
  });

  test('is not installed where a policy of this machine lets services start', async () => {
    await program('policy-rc.d', 'exit 0');
    await expect(install()).rejects.toThrow('apt-get install');
    expect(existsSync(join(dir, 'asked'))).toBe(false);
    expect(await text('policy-rc.d')).toContain('exit 0');
  });

  test('takes away a policy that a killed installation of ours left', async () => {
    await program('bin/apt-get', `cp ${policyFile} ${dir}/ours`);
    await install();
    await writeFile(policyFile, await text('ours'));
    await install();
    expect(existsSync(policyFile)).toBe(false);
  });

  test('that cannot be had is told in the words of apt-get, and services may start again', async () => {
    await program('bin/apt-get', 'echo "E: Unable to locate package"; exit 100');
    await expect(install()).rejects.toThrow('Unable to locate package');
    expect(existsSync(policyFile)).toBe(false);
  });

  test('is asked for in a sentence when we are not root', async () => {
    await expect(install(false)).rejects.toThrow('sudo apt-get install --no-install-recommends fail2ban');
    expect(existsSync(join(dir, 'asked'))).toBe(false);
  });
});
