/** The options of a jail that its form knows: what each may hold, and whether fail2ban runs it as code. */
import {
  addresses,
  anything,
  banTime,
  boolean,
  choice,
  decimal,
  duration,
  matching,
  multipliers,
  number,
  orEmpty,
  paths,
  type Judge,
  type OptionType,
} from './option-kinds.ts';

export interface JailOption {
  name: string;
  type: OptionType;
  sentence: string;
  /** What fail2ban takes when it is written nowhere; null: nothing. */
  fallback: string | null;
  /** Only these, when there are any. */
  choices: readonly string[];
  /** fail2ban evaluates it, or hands it to a shell, as root. */
  runsCode: boolean;
  /** Usually set by the filter. */
  ofFilter: boolean;
  judge: Judge;
}

interface More {
  fallback?: string;
  choices?: readonly string[];
  runsCode?: boolean;
  ofFilter?: boolean;
  judge?: Judge;
}

const judges: Readonly<Partial<Record<OptionType, Judge>>> = {
  boolean,
  duration,
  number,
  decimal,
  addresses,
  paths,
};

function option(name: string, type: OptionType, sentence: string, more: More = {}): JailOption {
  const { choices = [] } = more;
  return {
    name,
    type,
    sentence,
    fallback: more.fallback ?? null,
    choices,
    runsCode: more.runsCode ?? false,
    ofFilter: more.ofFilter ?? false,
    judge: more.judge ?? (choices.length > 0 ? choice(choices) : (judges[type] ?? anything)),
  };
}

const ports = matching(/^[a-z0-9][\w:-]*(?:,\s*[a-z0-9][\w:-]*)*$/i, 'ports such as ssh, 80,443 or 0:65535');
const word = matching(/^[\w.:@+-]+$/, 'one word');
const mail = matching(/^[\w.+-]+@[\w.<>-]+$/, 'a mail address');
const named = matching(/^[\w.-]+(?:\[[^\n]*\])?$/s, 'a name, with its parameters in brackets');
const backends = /^(?:auto|polling|pyinotify|gamin|systemd(?:\[[\w\s=",/.*-]*\])?)$/;

/** In the order in which a form shows them. */
export const jailOptions: readonly JailOption[] = [
  option('enabled', 'boolean', 'Whether the jail runs.', { fallback: 'false' }),
  option('filter', 'text', 'The filter that finds failures, with its parameters in brackets.', {
    judge: orEmpty(named),
  }),
  option('port', 'words', 'Ports that a ban closes, by name or number.', { judge: orEmpty(ports) }),
  option('protocol', 'choice', 'Protocol whose ports a ban closes.', {
    choices: ['tcp', 'udp', 'icmp', 'all', 'sctp'],
  }),
  option('backend', 'choice', 'How the log is followed; systemd reads the journal instead of files.', {
    fallback: 'auto',
    choices: ['auto', 'polling', 'pyinotify', 'systemd'],
    judge: matching(backends, 'one of auto, polling, pyinotify, systemd'),
  }),
  option('logpath', 'paths', 'Log files to follow, one a line; * and ? stand for letters of a name.'),
  option('journalmatch', 'expressions', 'Entries of the journal to read, where the backend is systemd.', {
    ofFilter: true,
  }),
  option('maxretry', 'number', 'Failures of one address within findtime that lead to a ban.', {
    fallback: '3',
  }),
  option('findtime', 'duration', 'How long failures are counted together.', { fallback: '600' }),
  option('bantime', 'duration', 'How long a ban lasts; -1 is for ever.', { fallback: '600', judge: banTime }),
  option('bantime.increment', 'boolean', 'Whether each further ban of an address lasts longer.', {
    judge: orEmpty(boolean),
  }),
  option('bantime.factor', 'decimal', 'By what the growing ban time is multiplied.', {
    judge: orEmpty(decimal),
  }),
  option('bantime.formula', 'text', 'Python that computes the next ban time.', { runsCode: true }),
  option('bantime.multipliers', 'words', 'Multiples of bantime for the first, second, third ban.', {
    judge: orEmpty(multipliers),
  }),
  option('bantime.maxtime', 'duration', 'The longest that a growing ban lasts.', {
    judge: orEmpty(duration),
  }),
  option(
    'bantime.rndtime',
    'duration',
    'Up to this much is added at random, so that ends cannot be guessed.',
    { judge: orEmpty(duration) },
  ),
  option('bantime.overalljails', 'boolean', 'Whether bans of other jails count as earlier ones.', {
    judge: orEmpty(boolean),
  }),
  option('ignoreip', 'addresses', 'Addresses, networks and names that are never banned.'),
  option('ignoreself', 'boolean', 'Whether this machine’s own addresses are never banned.', {
    fallback: 'true',
    judge: orEmpty(boolean),
  }),
  option('ignorecommand', 'text', 'Program that says whether an address is spared.', { runsCode: true }),
  option('ignorecache', 'text', 'How long an answer of ignorecommand is kept.', {
    judge: orEmpty(matching(/^[\w\s=",<>.-]*$/, 'a setting such as key="<ip>", max-count=100, max-time=5m')),
  }),
  option('banaction', 'text', 'Action that bans on the ports of the jail.', { runsCode: true }),
  option('banaction_allports', 'text', 'Action that bans on all ports.', { runsCode: true }),
  option('action', 'text', 'Actions of the jail with their parameters, one a line.', { runsCode: true }),
  option('chain', 'text', 'Chain of the firewall that bans are put into.', {
    judge: matching(/^[\w.<>/-]*$/, 'the name of a chain'),
  }),
  option('destemail', 'text', 'Who is told of bans, where an action sends mail.', { judge: orEmpty(mail) }),
  option('sender', 'text', 'Who such a mail is from.', { judge: orEmpty(mail) }),
  option('mta', 'text', 'Which action sends such mails.', { judge: word }),
  option('failregex', 'expressions', 'Expressions of failures, one a line.', { ofFilter: true }),
  option('ignoreregex', 'expressions', 'Expressions of lines to pass over, one a line.', { ofFilter: true }),
  option('prefregex', 'expressions', 'Expression that every line has to match first.', { ofFilter: true }),
  option('datepattern', 'text', 'How dates are written in the log.', { ofFilter: true }),
  option('maxlines', 'number', 'How many lines are read together.', {
    fallback: '1',
    ofFilter: true,
    judge: orEmpty(number),
  }),
  option('maxmatches', 'number', 'How many lines are kept of a ban.', { judge: orEmpty(number) }),
  option('usedns', 'choice', 'What is done with names of hosts in the log.', {
    fallback: 'warn',
    ofFilter: true,
    choices: ['yes', 'warn', 'no', 'raw'],
  }),
  option('logencoding', 'text', 'What the log is written in; auto is the system’s.', {
    fallback: 'auto',
    judge: orEmpty(word),
  }),
  option('logtimezone', 'text', 'Time zone of dates that name none.', {
    judge: orEmpty(matching(/^[\w/+:-]+$/, 'a time zone')),
  }),
];

const byName = new Map(jailOptions.map((one) => [one.name, one]));

export const jailOption = (name: string): JailOption | null => byName.get(name.toLowerCase()) ?? null;
