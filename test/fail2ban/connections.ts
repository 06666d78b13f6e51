/** Counts a Unix socket's connections from outside, as the kernel sees them. */
import { readFileSync } from 'node:fs';

/** Accepted or waiting to be; the listening socket itself is not counted. */
export function connectionsTo(path: string): number {
  const listening = '00010000';
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(` ${path}`) && line.split(/\s+/)[3] !== listening).length;
}
