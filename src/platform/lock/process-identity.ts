/** Who this process is, in a way that tells it from a later one with the same number; and whether another still runs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  pid: number;
  hostname: string;
  /** Changes with each boot of the machine. Empty when unknown. */
  bootId: string;
  /** Process numbers mean something inside one namespace only. Empty when unknown. */
  pidNamespace: string;
  /** Clock ticks since boot; with the number it names a process for good. Empty when unknown. */
  processStarted: string;
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    hostname: hostname(),
    bootId: tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: tryRead(() => readlinkSync('/proc/self/ns/pid')),
    processStarted: startOf(process.pid)?.started ?? '',
  };
}

/** True only when the other ran where we can see it, and is no more. A zombie is gone: it runs nothing. */
export function isGone(other: ProcessIdentity, own: ProcessIdentity): boolean {
  const here = other.bootId !== '' && other.bootId === own.bootId && other.pidNamespace === own.pidNamespace;
  if (!here || other.pidNamespace === '' || other.processStarted === '') return false;
  const running = startOf(other.pid);
  return running === null || running.started !== other.processStarted || running.dead;
}

/** Fields 3 and 22 of `/proc/<pid>/stat`; the name in field 2 may hold spaces and parentheses. Null: no such process. */
function startOf(pid: number): { started: string; dead: boolean } | null {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === '') return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { started: fields[19] ?? '', dead: fields[0] === 'Z' || fields[0] === 'X' };
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
