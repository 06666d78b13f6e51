/** The settings of fail2ban's programs, and of what may be changed in its configuration. */
import { commandLine, flag, folders, text, wholeNumber, type Setting } from './setting.ts';

const onPath = (program: string): string => `\`${program}\` on \`PATH\``;

export const fail2banSettings = {
  fail2banClient: text({
    name: 'FAIL2BAN_CLIENT',
    fallback: null,
    shownDefault: onPath('fail2ban-client'),
    sentence: 'Program that reads the configuration again; used for reloads only.',
  }),
  fail2banServer: text({
    name: 'FAIL2BAN_SERVER',
    fallback: null,
    shownDefault: onPath('fail2ban-server'),
    sentence: 'Program whose Python tries a changed configuration before anything is written.',
  }),
  fail2banRegex: text({
    name: 'FAIL2BAN_REGEX',
    fallback: null,
    shownDefault: onPath('fail2ban-regex'),
    sentence:
      "fail2ban's program for testing expressions; its Python is asked which expression matched a line.",
  }),
  fail2banStartCommand: commandLine({
    name: 'FAIL2BAN_START_COMMAND',
    fallback: ['fail2ban-client', 'start'],
    sentence:
      'Starts fail2ban again after a restart from the pages, unless something else does. Split as a shell would, never run by one.',
  }),
  allowedLogDirs: folders({
    name: 'ALLOWED_LOG_DIRS',
    fallback: ['/var/log', '/config/log'],
    sentence:
      'Folders whose files may be named as log path, log target or sample, after all links are followed.',
  }),
  configAllowCommands: flag({
    name: 'CONFIG_ALLOW_COMMANDS',
    fallback: true,
    sentence:
      'Whether options that run code as root (`action…`, `ignorecommand`, `bantime.formula`) may be edited, with the password typed again. `false` refuses such edits.',
  }),
  configRetentionDays: wholeNumber({
    name: 'CONFIG_RETENTION_DAYS',
    from: 1,
    to: 36_500,
    fallback: 365,
    sentence:
      'How long revisions of the configuration are kept; older ones are removed once a day, except the last 20 changes of each file.',
  }),
};

type Settings = typeof fail2banSettings;
type Read = <K extends keyof Settings, T>(key: K, setting: Setting<T>) => T;
export type Fail2banConfig = { readonly [K in keyof Settings]: Settings[K]['fallback'] };

export function readFail2ban(read: Read): Fail2banConfig {
  return {
    fail2banClient: read('fail2banClient', fail2banSettings.fail2banClient),
    fail2banServer: read('fail2banServer', fail2banSettings.fail2banServer),
    fail2banRegex: read('fail2banRegex', fail2banSettings.fail2banRegex),
    fail2banStartCommand: read('fail2banStartCommand', fail2banSettings.fail2banStartCommand),
    allowedLogDirs: read('allowedLogDirs', fail2banSettings.allowedLogDirs),
    configAllowCommands: read('configAllowCommands', fail2banSettings.configAllowCommands),
    configRetentionDays: read('configRetentionDays', fail2banSettings.configRetentionDays),
  };
}
