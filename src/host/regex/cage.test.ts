/** What a program in the cage can no longer do, tried from inside it. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-cage-'));
});
afterAll(() => rm(dir, { recursive: true }));

const escape = `
import json, os, socket, subprocess, sys
sys.path.insert(0, ${JSON.stringify(import.meta.dirname)})
import cage
alone = cage.enter({"memoryBytes": 256 << 20, "cpuSeconds": 5})
cage.close_files()

def outcome(work):
    try:
        work()
        return "done"
    except BaseException as error:
        return type(error).__name__

print(json.dumps({
    "alone": alone,
    "read": outcome(lambda: open(sys.argv[1])),
    "write": outcome(lambda: open(sys.argv[1] + ".new", "w")),
    "list": outcome(lambda: os.listdir("/etc")),
    "connect": outcome(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
    "name": outcome(lambda: socket.getaddrinfo("localhost.localdomain.invalid", 80)),
    "start": outcome(lambda: subprocess.run(["/bin/true"])),
    "memory": outcome(lambda: bytearray(1 << 30)),
}))
`;

test('it opens no file, no folder and no connection, starts nothing, and gets no more memory', async () => {
  const secret = join(dir, 'secret');
  await writeFile(secret, 'password');
  const output = execFileSync('/usr/bin/python3', ['-I', '-B', '-c', escape, secret], { encoding: 'utf8' });
  const told = z.record(z.string(), z.union([z.string(), z.boolean()])).parse(JSON.parse(output));
  expect(told).toEqual({
    alone: process.getuid?.() === 0 ? true : expect.any(Boolean),
    read: 'OSError',
    write: 'OSError',
    list: 'OSError',
    connect: 'OSError',
    name: expect.stringMatching(/Error|gaierror/),
    start: 'OSError',
    memory: 'MemoryError',
  });
});
