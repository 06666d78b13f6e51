/** The Python that fail2ban's own programs run on: what one of them names in its first line. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { inPath } from '../practice/programs.ts';

const mostRead = 256;

/** Path of the interpreter, or a sentence why there is none. `configured` is the path of the program; null: on PATH. */
export async function findEngine(
  configured: string | null,
  program: 'fail2ban-regex' | 'fail2ban-server' = 'fail2ban-regex',
): Promise<{ python: string } | { missing: string }> {
  const path = configured ?? (await inPath(program));
  if (path === null) return { missing: `${program} is not installed here, or not on PATH.` };
  const first = await firstLine(path);
  if (first === null) return { missing: `${path} cannot be read.` };
  const words = first.startsWith('#!') ? first.slice(2).trim().split(/\s+/) : [];
  const named = words[0] !== undefined && basename(words[0]) === 'env' ? words[1] : words[0];
  // A wrapper in another language says nothing of where fail2ban's Python is.
  if (named === undefined || !basename(named).includes('python'))
    return { missing: `${path} is not fail2ban’s own Python program.` };
  const python = named.startsWith('/') ? named : await inPath(named);
  return python === null ? { missing: `${named}, which ${path} needs, is not on PATH.` } : { python };
}

async function firstLine(path: string): Promise<string | null> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(mostRead), 0, mostRead, 0);
      return buffer.subarray(0, bytesRead).toString('latin1').split('\n', 1)[0] ?? '';
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
