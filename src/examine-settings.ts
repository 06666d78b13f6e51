/** What the settings say together, for `bangui doctor`. */
import { problem, ok, warning, type Finding } from './base/finding.ts';
import type { Config, ReadConfig } from './config.ts';

const leastNode = [24, 15] as const;

export function examineSettings({ config, configured, warnings }: ReadConfig): Finding[] {
  return [
    ...(warnings.length === 0
      ? [ok('settings', `${configured.size} given, none wrong.`)]
      : warnings.map((sentence) => warning('settings', sentence, 'Correct its name, or remove it.'))),
    examineNode(process.versions.node),
    ...examineAccess(config),
  ];
}

export function examineNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  return enough
    ? ok('node', `Node ${version}.`)
    : problem(
        'node',
        `Node ${version} is too old; BanGUI needs ${leastNode.join('.')}.`,
        'Start BanGUI with npm start, which brings its own.',
      );
}

/** Who reaches the pages, and whether signing in can work from there. */
function examineAccess(config: Config): Finding[] {
  const findings: Finding[] = [];
  const local = ['127.0.0.1', '::1', 'localhost'].includes(config.listenHost);
  const everybody = config.trustedProxies.find((network) => network.endsWith('/0'));
  if (everybody !== undefined) {
    findings.push(
      problem(
        'proxies',
        `BANGUI_TRUSTED_PROXIES holds ${everybody}: every client can claim any address, and escape the limits.`,
        'Name the address of your reverse proxy alone, such as BANGUI_TRUSTED_PROXIES=127.0.0.1',
      ),
    );
  }
  if (!config.sessionCookieSecure && !local) {
    findings.push(
      warning(
        'cookie',
        'The session cookie travels over plain http: whoever sees the traffic can sign in.',
        'Put a reverse proxy with TLS in front, and remove BANGUI_SESSION_COOKIE_SECURE.',
      ),
    );
  } else if (config.sessionCookieSecure && !local && config.trustedProxies.length === 0) {
    findings.push(
      warning(
        'cookie',
        `BanGUI listens on ${config.listenHost}, and sign-in works over https only: no proxy that adds it is named.`,
        'Set BANGUI_TRUSTED_PROXIES to your reverse proxy; without one, in a network you trust, set ' +
          'BANGUI_SESSION_COOKIE_SECURE=false',
      ),
    );
  }
  if (findings.length === 0) findings.push(ok('access', accessSentence(config, local)));
  return findings;
}

function accessSentence({ trustedProxies, listenHost }: Config, local: boolean): string {
  if (trustedProxies.length > 0) return `Reached through ${trustedProxies.join(', ')}.`;
  return local ? 'Reached from this machine alone.' : `Reached at ${listenHost} over plain http.`;
}
