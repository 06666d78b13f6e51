/** What fail2ban's log file says of some jails since a moment: errors that no command answers, such as a failed start. */
import { open, stat } from 'node:fs/promises';
import type { JailName } from '../host.ts';

export interface LogError {
  jail: JailName;
  /** The line's message. */
  said: string;
  /** The action that could not be started, when it is that. */
  action: string | null;
}

export interface LogMark {
  /** Errors about one of these jails since the mark, the oldest first. Empty when fail2ban logs to no file. */
  errors(jails: readonly JailName[]): Promise<LogError[]>;
  /** Whether there is a file to look at. */
  readable: boolean;
}

const mostRead = 1024 * 1024;
const errorLine = /^\S+ \S+ fail2ban\.(\w+)\s+\[\d+\]: (?:ERROR|CRITICAL)\s+(.*)$/;
/** Of the old settings, which are on their way out. */
const ofTheOld = /Failed to (?:stop|flush|execute unban)/;

/** `target`: fail2ban's log target; null when it is not known. */
export async function markLog(target: string | null): Promise<LogMark> {
  const start = target?.startsWith('/') === true ? await stat(target).catch(() => null) : null;
  if (target === null || start === null) return { errors: async () => [], readable: false };
  return {
    readable: true,
    async errors(jails) {
      const text = await readFrom(target, start);
      return errorsIn(text).flatMap(({ said, reason }) => {
        const jail = jails.find((one) => said.includes(`'${one}'`) || said.includes(`[${one}]`));
        if (jail === undefined || ofTheOld.test(said)) return [];
        const action = /Failed to start jail '.*' action '(.*?)':/.exec(said)?.[1] ?? null;
        return [{ jail, said: reason === null ? said : `${said} (${reason})`, action }];
      });
    },
  };
}

/** After a rotation from the beginning of the new file. */
async function readFrom(path: string, start: { ino: number; size: number }): Promise<string> {
  const file = await open(path).catch(() => null);
  if (file === null) return '';
  try {
    const { ino, size } = await file.stat();
    const from = ino === start.ino && size >= start.size ? start.size : 0;
    const buffer = Buffer.alloc(Math.min(mostRead, size - from));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** A command that failed is told in lines of its own before: what it wrote to standard error is the reason. */
function errorsIn(text: string): { said: string; reason: string | null }[] {
  let reason: string | null = null;
  return text.split('\n').flatMap((line) => {
    const [, module, said = ''] = errorLine.exec(line) ?? [];
    if (module === undefined) return [];
    if (module !== 'utils') {
      const one = { said, reason };
      reason = null;
      return [one];
    }
    reason = / -- stderr: '(.*)'$/.exec(said)?.[1] ?? reason;
    return [];
  });
}
