/** The texts of the jail that holds blocklists in force, and of its action. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { parseConfigFile } from '../config/parse-config-file.ts';
import type { ConfigFile } from '../config/change.ts';
import { parseJailName } from '../jail-name.ts';
import type { JailName } from '../host.ts';
import { blocklistJailName, endMark, fileMark, liveSets, mostEntries, nextSets } from './names.ts';

export const chains = ['INPUT', 'FORWARD', 'DOCKER-USER'] as const;
export type Chain = (typeof chains)[number];

/** ipset: kernel sets, loaded whole · bans: a ban of fail2ban's own for each entry, for short lists. */
export type Enforcement = { method: 'ipset' | 'bans'; chains: readonly Chain[] };

/** In the folder that both sides see. */
export const listFile = 'blocklist.ipset';
export const statusFile = 'status';

const certain = <T>(value: T | null): T => {
  if (value === null) throw new TypeError('a name of our own is not valid');
  return value;
};
export const blocklistJail: JailName = certain(parseJailName(blocklistJailName));
export const jailFile: ConfigFile = certain(parseConfigFile('jail', `${blocklistJail}.local`));
export const actionFile: ConfigFile = certain(parseConfigFile('action', 'bangui-blocklist.local'));
const actionName = 'bangui-blocklist';

/** Throws AppError 422 for a folder whose path would mean something to a shell or to fail2ban. */
export function jailText({ method, chains: chosen }: Enforcement, dir: string): string {
  if (!/^\/[\w./-]+$/.test(dir)) {
    const message = `BANGUI_BLOCKLIST_DIR is ${dir}; fail2ban can only be given a folder of letters, digits, dots, dashes and slashes.`;
    throw new AppError(422, 'blocklist_dir_unfit', message);
  }
  const action =
    method === 'ipset'
      ? `action = ${actionName}[dir="${dir}", chains="${chosen.join(' ')}"]`
      : 'banaction = %(banaction_allports)s\naction = %(action_)s';
  // It reads no log: no filter, and an expression that nothing matches, since fail2ban asks for one.
  return `# Made by BanGUI, which replaces it. It holds blocklists in force.
[${blocklistJail}]
enabled = true
filter =
failregex = ^never-matches <HOST>$
backend = polling
logpath = /dev/null
bantime = -1
bantime.increment = false
${action}
`;
}

/** What the jail's file asks for; null for a text that is not ours, or that is switched off. */
export function readJailText(text: string): Enforcement | null {
  if (!text.includes(`[${blocklistJail}]`) || !/^enabled\s*=\s*true\s*$/m.test(text)) return null;
  const named = new RegExp(String.raw`^action\s*=\s*${actionName}\[.*chains="([^"]*)"`, 'm').exec(text);
  if (named === null) return { method: 'bans', chains: [] };
  const words = named[1]?.split(' ') ?? [];
  return { method: 'ipset', chains: chains.filter((chain) => words.includes(chain)) };
}

/** The program stands in the file itself: a script in a folder that others may write to must not run as root. */
export function actionText(): string {
  const constants = {
    list_file: listFile,
    status_file: statusFile,
    file_mark: fileMark,
    end_mark: endMark,
    live4: liveSets.v4,
    live6: liveSets.v6,
    next4: nextSets.v4,
    next6: nextSets.v6,
    most: String(mostEntries),
  };
  const program = [
    `dir='<dir>' chains='<chains>'`,
    ...Object.entries(constants).map(([name, value]) => `${name}='${value}'`),
    ...readFileSync(join(import.meta.dirname, 'hold.sh'), 'utf8').split('\n'),
  ];
  return `# Made by BanGUI, which replaces it. The action of the jail ${blocklistJail}: it loads the list that lies in <dir> into
# kernel sets, in the background, and writes down how that went. What is banned by hand lasts until the next list.
[Definition]
program = ${indented(program)}
actionstart = <program>
  start
actionreload = <program>
  reload
actionstop = <program>
  stop
# Deliberately: "unban --all" ends bans, not lists.
actionflush = true
actionban = ipset -exist add ${setOf} <ip>
actionunban = ipset -exist del ${setOf} <ip>
# Seconds; a stop waits for a restore under way.
timeout = 300

[Init]
dir = /nonexistent
chains = INPUT
`;
}

const setOf = `$(case "<ip>" in *:*) echo ${liveSets.v6};; *) echo ${liveSets.v4};; esac)`;

/** A value of several lines, without comments; `%` begins a reference there. */
const indented = (lines: readonly string[]): string =>
  lines
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .map((line) => line.replaceAll('%', '%%'))
    .join('\n  ');
