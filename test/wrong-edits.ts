/**
 * Wrong edits of fail2ban's configuration, each with what has to be found. They are laid over the folder that
 * `test/fail2ban/fail2ban-config.ts` writes: the distribution's files, and the jails sshd, web, manual and incr.
 */

export interface WrongEdit {
  name: string;
  /** Path below the configuration's folder, and the text; `$DIR` stands for the server's folder. */
  files: Readonly<Record<string, string>>;
  finding: { code: string; jail?: string; option?: string; file: string; line?: number };
}

const web = 'jail.d/web.local';
const filter = 'filter.d/tinyweb.local';

/** One line of the section `web`, which is line 2 of its file. */
const ofWeb = (name: string, line: string, code: string): WrongEdit => ({
  name,
  files: { [web]: `[web]\n${line}\n` },
  finding: { code, jail: 'web', option: /^[\w.]+/.exec(line)?.[0] ?? '', file: web, line: 2 },
});
/** One line of the filter that the jail web uses. */
const ofFilter = (name: string, line: string, code: string): WrongEdit => ({
  name,
  files: { [filter]: `[Definition]\n${line}\n` },
  finding: { code, jail: 'web', option: /^\w+/.exec(line)?.[0] ?? '', file: filter, line: 2 },
});

export const wrongEdits: readonly WrongEdit[] = [
  // Numbers, times, words
  ofWeb('a ban time in no known unit', 'bantime = 10 lightyears', 'bad-time'),
  ofWeb('a ban time that is a calculation', 'bantime = 60*60', 'bad-time'),
  ofWeb(
    'a find time that runs code',
    "findtime = [__import__('os').system('touch $DIR/ran'),600][1]",
    'bad-time',
  ),
  ofWeb('a find time with a comment behind it', 'findtime = 10m # ten minutes', 'bad-time'),
  ofWeb('an empty ban time', 'bantime =', 'bad-time'),
  ofWeb('a longest ban time that is no time', 'bantime.maxtime = forever', 'bad-time'),
  ofWeb(
    'a random time that runs code',
    "bantime.rndtime = __import__('os').system('touch $DIR/ran')",
    'bad-time',
  ),
  ofWeb('a factor that is no number', 'bantime.factor = twice', 'not-a-number'),
  ofWeb(
    'a factor that runs code',
    "bantime.factor = __import__('os').system('touch $DIR/ran')",
    'not-a-number',
  ),
  ofWeb('multipliers with a word among them', 'bantime.multipliers = 1 5 many', 'not-a-number'),
  ofWeb('a formula with a bracket missing', 'bantime.formula = ban.Time * (1<<ban.Count', 'bad-formula'),
  ofWeb('retries with a comment behind them', 'maxretry = 5 # comment', 'not-a-number'),
  ofWeb('retries in words', 'maxretry = five', 'not-a-number'),
  ofWeb('half a retry', 'maxretry = 2.5', 'not-a-number'),
  ofWeb('matches that are no number', 'maxmatches = all', 'not-a-number'),
  ofWeb('lines that are no number', 'maxlines = two', 'not-a-number'),
  ofWeb('enabled = maybe', 'enabled = maybe', 'not-a-boolean'),
  ofWeb('ignoreself = perhaps', 'ignoreself = perhaps', 'not-a-boolean'),
  ofWeb('usedns = nonsense', 'usedns = nonsense', 'bad-value'),
  ofWeb('a backend nobody knows', 'backend = inotify', 'unknown-backend'),
  ofWeb('an encoding nobody knows', 'logencoding = utf-9', 'bad-value'),
  ofWeb('a time zone nobody knows', 'logtimezone = Mars/Olympus', 'bad-value'),
  ofWeb(
    'a cache whose time runs code',
    'ignorecache = key="<ip>", max-time="__import__(\'os\').system(\'touch $DIR/ran\')"',
    'bad-time',
  ),

  // Filters and actions
  ofWeb('a filter that is not there', 'filter = tinywebb', 'filter-missing'),
  ofWeb('a filter outside its folder', 'filter = ../action.d/to-file', 'filter-missing'),
  ofWeb('a filter with a bracket missing', 'filter = tinyweb[mode=x', 'bad-filter'),
  ofWeb('an action that is not there', 'action = to-fil', 'action-missing'),
  ofWeb('an action with a bracket missing', 'action = to-file[out="x"', 'bad-action'),
  ofWeb('an action with a quotation mark too few', 'action = to-file[out="x]', 'bad-action'),
  ofWeb('an action in Python that is not there', 'action = nowhere.py', 'action-missing'),
  ofWeb(
    'an action’s time limit that runs code',
    "action = to-file[timeout=\"__import__('os').system('touch $DIR/ran')\"]",
    'bad-time',
  ),
  {
    name: 'a ban action that is not there',
    files: { [web]: '[web]\naction = %(action_)s\nbanaction = nftable-multiport\n' },
    finding: { code: 'action-missing', jail: 'web', option: 'banaction', file: web, line: 3 },
  },
  {
    name: 'an action that names itself',
    files: {
      'action.d/circle.local': '[Definition]\nactionban = echo <one>\n[Init]\none = <two>\ntwo = <one>\n',
      [web]: '[web]\naction = circle\n',
    },
    finding: { code: 'bad-tag', jail: 'web', file: 'action.d/circle.local' },
  },

  // Log files
  ofWeb('a log file that is not there', 'logpath = $DIR/nowhere.log', 'log-missing'),
  ofWeb('a pattern that no log file fits', 'logpath = $DIR/nothing-*.log', 'log-missing'),
  ofWeb('a log file with a comment behind it', 'logpath = $DIR/web.log # the log', 'log-missing'),
  ofWeb('no log file', 'logpath =', 'log-missing'),

  // Expressions
  ofFilter('an expression with a bracket missing', 'failregex = ^broken (<HOST>$', 'bad-regex'),
  ofFilter('an expression without a host', 'failregex = ^nobody was here$', 'bad-regex'),
  ofFilter('an ignoring expression with a bracket missing', 'ignoreregex = ^fine [a-z$', 'bad-regex'),
  ofFilter('a prefix with a bracket missing', 'prefregex = ^(<F-CONTENT>.+</F-CONTENT>$', 'bad-regex'),
  ofFilter('a date pattern that is no expression', 'datepattern = ^(%%Y-%%m', 'bad-date-pattern'),
  ofFilter('lines of a filter that are no number', 'maxlines = many', 'not-a-number'),
  ofFilter('a reference to nothing in a filter', 'failregex = ^%(_nothing)s <HOST>$', 'bad-reference'),
  {
    name: 'one bad expression among good ones',
    files: {
      [filter]:
        '[Definition]\nfailregex = ^first of three <HOST>$\n            ^second of three (<HOST>$\n            ^third of three <HOST>$\n',
    },
    finding: { code: 'bad-regex', jail: 'web', option: 'failregex', file: filter, line: 3 },
  },
  {
    name: 'a bad expression in the jail itself',
    files: { [web]: '[web]\nmaxretry = 4\nfailregex = ^in the jail [<HOST>$\n' },
    finding: { code: 'bad-regex', jail: 'web', option: 'failregex', file: web, line: 3 },
  },
  {
    name: 'a bad expression in a filter that no jail uses',
    files: { 'filter.d/nobodys.local': '[Definition]\nfailregex = ^unused (<HOST>$\n' },
    finding: { code: 'bad-regex', option: 'failregex', file: 'filter.d/nobodys.local', line: 2 },
  },

  // References
  ofWeb('a reference to nothing', 'logpath = %(nowhere)s/web.log', 'bad-reference'),
  ofWeb('a lone percent sign', 'ignorecommand = /bin/check 100%', 'bad-reference'),
  {
    name: 'references in a circle',
    files: { [web]: '[web]\nfindtime = %(one)s\none = %(two)s\ntwo = %(one)s\n' },
    finding: { code: 'bad-reference', jail: 'web', option: 'findtime', file: web, line: 2 },
  },
  {
    name: 'a wrong value behind a reference',
    files: { [web]: '[DEFAULT]\nmytime = 1 moon\n[web]\nbantime = %(mytime)s\n' },
    finding: { code: 'bad-time', jail: 'web', option: 'bantime', file: web, line: 2 },
  },

  // The file itself
  {
    name: 'a key before any section',
    files: { [web]: 'maxretry = 5\n[web]\nfindtime = 1h\n' },
    finding: { code: 'no-section', file: web, line: 1 },
  },
  {
    name: 'a section twice',
    files: { [web]: '[web]\nmaxretry = 5\n\n[web]\nfindtime = 1h\n' },
    finding: { code: 'duplicate-section', jail: 'web', file: web, line: 4 },
  },
  {
    name: 'a key twice',
    files: { [web]: '[web]\nmaxretry = 5\nfindtime = 1h\nmaxretry = 6\n' },
    finding: { code: 'duplicate-key', jail: 'web', option: 'maxretry', file: web, line: 4 },
  },
  {
    name: 'a line that says nothing',
    files: { [web]: '[web]\nmaxretry = 5\nplease ban everybody\n' },
    finding: { code: 'bad-line', jail: 'web', file: web, line: 3 },
  },
  {
    name: 'a section whose bracket is open',
    files: { [web]: '[web]\nmaxretry = 5\n[sshd\nfindtime = 1h\n' },
    finding: { code: 'bad-line', jail: 'web', file: web, line: 3 },
  },
  {
    name: 'an indented key',
    files: { [web]: '[web]\nignoreip = 192.0.2.1\n  maxretry = 5\n' },
    finding: { code: 'indented-key', jail: 'web', option: 'maxretry', file: web, line: 3 },
  },
  {
    name: 'a byte order mark',
    files: { [web]: '\uFEFF[web]\nmaxretry = 5\n' },
    finding: { code: 'byte-order-mark', file: web, line: 1 },
  },
  {
    name: 'a NUL',
    files: { [web]: '[web]\nmaxretry = 5\u0000\n' },
    finding: { code: 'control-character', file: web, line: 2 },
  },
  {
    name: 'letters that were read in the wrong encoding',
    files: { [web]: '[web]\n# f\uFFFDr die Webseite\nmaxretry = 5\n' },
    finding: { code: 'wrong-encoding', file: web, line: 2 },
  },
  {
    name: 'wrong lines that end as on Windows',
    files: { [web]: '[web]\r\nfindtime = 1h\r\nmaxretry = 5 times\r\n' },
    finding: { code: 'not-a-number', jail: 'web', option: 'maxretry', file: web, line: 3 },
  },
  {
    name: 'a section missing in a filter',
    files: { [filter]: 'failregex = ^no section <HOST>$\n' },
    finding: { code: 'no-section', file: filter, line: 1 },
  },

  // Includes
  {
    name: 'an include that is not there',
    files: { [filter]: '[INCLUDES]\nbefore = comon.conf\n[Definition]\nfailregex = ^x <HOST>$\n' },
    finding: { code: 'include-missing', option: 'before', file: filter, line: 2 },
  },
  {
    name: 'an include from outside the folder',
    files: { [web]: '[INCLUDES]\nafter = /etc/passwd\n[web]\nmaxretry = 5\n' },
    finding: { code: 'include-outside', option: 'after', file: web, line: 2 },
  },
  {
    name: 'an include that climbs out of the folder',
    files: { [web]: '[INCLUDES]\nbefore = ../../../../../../etc/passwd\n[web]\nmaxretry = 5\n' },
    finding: { code: 'include-outside', option: 'before', file: web, line: 2 },
  },

  // Names of jails
  {
    name: 'a jail named INCLUDES',
    files: { [web]: '[INCLUDES]\nenabled = true\nlogpath = $DIR/web.log\n' },
    finding: { code: 'reserved-name', jail: 'INCLUDES', file: web, line: 1 },
  },
  {
    name: 'a jail named Definition',
    files: { [web]: '[Definition]\nenabled = true\nfilter = never\nlogpath = $DIR/web.log\n' },
    finding: { code: 'reserved-name', jail: 'Definition', file: web, line: 1 },
  },
  {
    name: 'a jail named default',
    files: { [web]: '[default]\nmaxretry = 5\n' },
    finding: { code: 'reserved-name', jail: 'default', file: web, line: 1 },
  },
  {
    name: 'a jail whose name would turn a command into another',
    files: { [web]: '[--all]\nenabled = true\nfilter = never\nlogpath = $DIR/web.log\n' },
    finding: { code: 'bad-jail-name', jail: '--all', file: web, line: 1 },
  },
  {
    name: 'a jail spelled wrong',
    files: { 'jail.d/new.local': '[ssdh]\nenabled = true\nlogpath = $DIR/auth.log\n' },
    finding: { code: 'filter-missing', jail: 'ssdh', file: 'jail.d/new.local', line: 1 },
  },

  // The server
  {
    name: 'a log level nobody knows',
    files: { 'fail2ban.d/x.local': '[Definition]\nloglevel = CHATTY\n' },
    finding: { code: 'bad-value', option: 'loglevel', file: 'fail2ban.d/x.local', line: 2 },
  },
  {
    name: 'a purge age that runs code',
    files: { 'fail2ban.d/x.local': "[Definition]\ndbpurgeage = __import__('os').system('touch $DIR/ran')\n" },
    finding: { code: 'bad-time', option: 'dbpurgeage', file: 'fail2ban.d/x.local', line: 2 },
  },
  {
    name: 'matches kept that are no number',
    files: { 'fail2ban.d/x.local': '[Definition]\ndbmaxmatches = some\n' },
    finding: { code: 'not-a-number', option: 'dbmaxmatches', file: 'fail2ban.d/x.local', line: 2 },
  },
  {
    name: 'a log of fail2ban outside the allowed folders',
    files: { 'fail2ban.d/x.local': '[Definition]\nlogtarget = /etc/cron.d/fail2ban\n' },
    finding: { code: 'log-outside', option: 'logtarget', file: 'fail2ban.d/x.local', line: 2 },
  },
];
