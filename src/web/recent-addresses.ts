/** The addresses looked at last, for the command menu: kept until the tab is closed or the operator logs out. */
const key = 'bangui.recent';
const most = 6;

export function rememberAddress(ip: string): void {
  store([ip, ...recentAddresses().filter((each) => each !== ip)].slice(0, most));
}

export function recentAddresses(): string[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((each) => typeof each === 'string').slice(0, most) : [];
  } catch {
    // a browser may keep its storage closed: then there is nothing recent
    return [];
  }
}

export const forgetAddresses = (): void => store([]);

function store(addresses: readonly string[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(addresses));
  } catch {
    // as above
  }
}
