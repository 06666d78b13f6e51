/** `bangui doctor`: looks at everything BanGUI depends on, and changes nothing. */
import type { Clock } from './base/clock.ts';
import { problem, type Finding } from './base/finding.ts';
import { StartError } from './base/start-error.ts';
import { readConfig, type ReadConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { examineSettings } from './examine-settings.ts';
import { examineHost } from './host/examine-host.ts';
import { examineDatabase } from './platform/db/examine-database.ts';
import { examineServer } from './platform/db/examine-server.ts';
import { migrations } from './platform/db/migrate.ts';
import { examinePort } from './platform/http/examine-port.ts';

export async function examine({
  environment,
  now,
}: {
  environment: Environment;
  now: Clock;
}): Promise<Finding[]> {
  let settings: ReadConfig;
  try {
    settings = readConfig(environment);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    // What else to look at depends on them.
    return [problem('settings', error.message, 'Correct them; Docs/CONFIGURATION.md lists them all.')];
  }
  const { config, configured } = settings;
  return [
    ...examineSettings(settings),
    ...(config.databaseUrl === null
      ? examineDatabase({ path: config.databasePath, newest: migrations.length, now: now() })
      : await examineServer({ url: config.databaseUrl, newest: migrations.length, now })),
    ...(await examineHost({
      setting: config.practice,
      socketConfigured: configured.has('fail2banSocket'),
      socketPath: config.fail2banSocket,
      databaseFile: config.fail2banDatabase,
    })),
    await examinePort({ host: config.listenHost, port: config.port }),
  ];
}

/** For `--json`: stable names, for scripts. */
export function report(findings: readonly Finding[]) {
  const { problems, warnings } = counts(findings);
  return { ok: problems === 0, problems, warnings, findings };
}

export function readable(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, state, sentence, remedy }) => [
    `${state.padEnd(8)} ${check.padEnd(12)} ${sentence}`,
    ...(remedy === null ? [] : [`${' '.repeat(21)} → ${remedy}`]),
  ]);
  const { problems, warnings } = counts(findings);
  return [...lines, '', `${number(problems, 'problem')}, ${number(warnings, 'warning')}.`].join('\n');
}

const number = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function counts(findings: readonly Finding[]): { problems: number; warnings: number } {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  return { problems: count('problem'), warnings: count('warning') };
}
