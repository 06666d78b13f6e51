/** Where log lines are shipped to, out of settings that only make sense together. */
import type { MonitoringConfig } from './monitoring-settings.ts';

export type LogTarget =
  | { provider: 'loki' | 'datadog'; url: URL; token: string | null }
  | { provider: 'elasticsearch'; url: URL; token: string | null; index: string }
  | { provider: 'syslog'; transport: 'tcp' | 'tls' | 'udp'; host: string; port: number };

interface Outcome {
  target: LogTarget | null;
  problems: string[];
}

const named = (name: string): string => `BANGUI_EXTERNAL_LOGGING_${name}`;
const datadogIntake = 'https://http-intake.logs.datadoghq.com';

/** Null when shipping is off. Each problem is a sentence that begins with the name of the setting. */
export function logTarget(config: MonitoringConfig): Outcome {
  const { externalLoggingProvider: provider } = config;
  if (!config.externalLoggingEnabled) return { target: null, problems: [] };
  if (provider === null) {
    const problem = `${named('PROVIDER')} must be set while ${named('ENABLED')} is \`true\``;
    return { target: null, problems: [problem] };
  }
  return provider === 'syslog' ? syslogTarget(config) : httpTarget(provider, config);
}

function httpTarget(provider: 'loki' | 'elasticsearch' | 'datadog', config: MonitoringConfig): Outcome {
  const { externalLoggingToken: token, externalLoggingIndex: index } = config;
  const given = config.externalLoggingUrl ?? (provider === 'datadog' ? datadogIntake : null);
  const problems: string[] = [];
  if (given === null) problems.push(`${named('URL')} must be set for \`${provider}\``);
  if (given !== null && !/^https?:/.test(given))
    problems.push(`${named('URL')} must begin with \`http://\` or \`https://\` for \`${provider}\``);
  if (config.externalLoggingHost !== null)
    problems.push(`${named('HOST')} is for \`syslog\` only; \`${provider}\` is found by ${named('URL')}`);
  if (provider === 'datadog' && token === null)
    problems.push(`${named('TOKEN')} must be set for \`datadog\`: its API key`);
  // What an index may be called: Elasticsearch reference, "Create index", path parameters.
  if (provider === 'elasticsearch' && !/^(?![-_+.])[^A-Z\\/*?"<>|\s,#:]{1,255}$/.test(index))
    problems.push(
      `${named('INDEX')} is no name of an index: lower-case, without spaces and \\ / * ? " < > | , # :`,
    );
  if (problems.length > 0 || given === null) return { target: null, problems };
  const url = new URL(given);
  const target = provider === 'elasticsearch' ? { provider, url, token, index } : { provider, url, token };
  return { target, problems };
}

function syslogTarget(config: MonitoringConfig): Outcome {
  const { externalLoggingUrl: given, externalLoggingHost: host, externalLoggingPort: port } = config;
  const problems: string[] = [];
  if (config.externalLoggingToken !== null)
    problems.push(`${named('TOKEN')} cannot be used with \`syslog\`, which knows no tokens`);
  if (given !== null && host !== null)
    problems.push(`${named('HOST')} and ${named('URL')} both name the syslog receiver; set one of them`);
  if (given === null && host === null)
    problems.push(`${named('HOST')} or ${named('URL')} must be set for \`syslog\``);
  const url = given === null ? null : /^(tcp|tls|udp):\/\/([^/:]+|\[[\da-fA-F:.]+\]):(\d+)\/?$/.exec(given);
  if (given !== null && url === null)
    problems.push(
      `${named('URL')} must look like \`tls://logs.example.org:6514\` (or \`tcp\`, \`udp\`) for \`syslog\``,
    );
  if (problems.length > 0) return { target: null, problems };
  const [, scheme, name, number] = url ?? ['', 'tcp', host ?? '', String(port)];
  const transport = scheme === 'tls' || scheme === 'udp' ? scheme : 'tcp';
  const bare = (name ?? '').replace(/^\[|\]$/g, '');
  return { target: { provider: 'syslog', transport, host: bare, port: Number(number) }, problems };
}
