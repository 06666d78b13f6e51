/** Who attacks, and the log lines their attempts leave in sshd's, nginx's and postfix's own words. */

export type Service = 'ssh' | 'web' | 'mail';

export interface Attacker {
  address: string;
  /** For a person. */
  intent: string;
  /** Services still to be tried, in order. */
  attempts: Service[];
}

const users = ['root', 'admin', 'test', 'ubuntu', 'oracle', 'postgres', 'git', 'pi', 'deploy', 'backup'];
const pages = ['/admin/', '/login', '/phpmyadmin/', '/manager/html', '/private/'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** First octets that hold special-purpose blocks: never used for made-up public addresses. */
const specialFirstOctets = new Set([0, 10, 100, 127, 169, 172, 192, 198, 203]);

/** Half try ssh, others web and mail; one in seven tries everything, which brings it to the recidive jail too. */
export function newAttacker(random: () => number): Attacker {
  const address = newAddress(random);
  const attempts = (service: Service, least: number): Service[] =>
    Array<Service>(least + below(random, 3)).fill(service);
  const kind = random();
  if (kind < 0.5) return { address, intent: 'guesses passwords over ssh', attempts: attempts('ssh', 4) };
  if (kind < 0.7) return { address, intent: 'guesses passwords of web pages', attempts: attempts('web', 3) };
  if (kind < 0.86)
    return { address, intent: 'guesses passwords of mail accounts', attempts: attempts('mail', 3) };
  const everything = [...attempts('ssh', 4), ...attempts('web', 3), ...attempts('mail', 3)];
  return { address, intent: 'goes on from ssh to web to mail', attempts: everything };
}

/** One line with its newline, in local time, as these programs write. */
export function attemptLine({ service, address, at, random }: Attempt): string {
  const pid = 1000 + below(random, 60_000);
  const user = users[below(random, users.length)] ?? 'root';
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (service === 'web') {
    const day = `${at.getFullYear()}/${two(at.getMonth() + 1)}/${two(at.getDate())}`;
    const page = pages[below(random, pages.length)] ?? '/';
    return (
      `${day} ${time} [error] ${pid}#${pid}: *${below(random, 9999)} user "${user}": password mismatch, ` +
      `client: ${address}, server: www.example.org, request: "GET ${page} HTTP/1.1", host: "www.example.org"\n`
    );
  }
  const stamp = `${months[at.getMonth()] ?? ''} ${String(at.getDate()).padStart(2)} ${time}`;
  if (service === 'mail') {
    return (
      `${stamp} mail postfix/smtpd[${pid}]: warning: unknown[${address}]: ` +
      'SASL LOGIN authentication failed: authentication failure\n'
    );
  }
  const unknown = user === 'root' ? '' : 'invalid user ';
  const port = 1024 + below(random, 64_000);
  return `${stamp} gateway sshd[${pid}]: Failed password for ${unknown}${user} from ${address} port ${port} ssh2\n`;
}

interface Attempt {
  service: Service;
  address: string;
  at: Date;
  random: () => number;
}

/** Three in ten from the documentation ranges, one of them IPv6; the others look like any public IPv4 address. */
function newAddress(random: () => number): string {
  const kind = random();
  const octet = (): number => 1 + below(random, 254);
  if (kind < 0.1) return `2001:db8:${below(random, 0xffff).toString(16)}::${octet().toString(16)}`;
  if (kind < 0.2) return `198.51.100.${octet()}`;
  if (kind < 0.3) return `203.0.113.${octet()}`;
  let first = 0;
  while (specialFirstOctets.has(first)) first = 1 + below(random, 223);
  return `${first}.${octet()}.${octet()}.${octet()}`;
}

const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

const two = (value: number): string => String(value).padStart(2, '0');
