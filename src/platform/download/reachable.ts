/** Which addresses a download may reach: the internet, private machines if the operator says so, never what hands out secrets. */
import { contains, parseAddress, specialPurpose, type Address } from '../../base/address.ts';
import { readBits } from '../../base/ip-bits.ts';

/** Why it may not be reached, to follow “it is”; null: it may. A text that is no address may not either. */
export function refusalOf(text: string, allowPrivate: boolean): string | null {
  const address = parseAddress(text);
  if (address === null) return 'no address that can be checked';
  const inner = carriedAddress(address);
  if (inner !== null) return refusalOf(inner, allowPrivate);
  const never = neverReached.find(({ networks }) => networks.some((one) => contains(one, address)));
  if (never !== undefined && address !== '::1') return never.name;
  return allowPrivate ? null : specialPurpose(address);
}

/** Link-local and the addresses from which clouds hand credentials to their machines, some of them among public ones. */
const neverReached = [
  {
    name: 'a metadata service of a cloud',
    networks: addresses(
      '169.254.169.254',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd20:ce::254',
      'fd00:42::42',
    ),
  },
  { name: 'link-local', networks: addresses('169.254.0.0/16', 'fe80::/10') },
  { name: 'multicast', networks: addresses('224.0.0.0/4', 'ff00::/8') },
  { name: 'no address of a machine', networks: addresses('0.0.0.0/8', '240.0.0.0/4', '::/96') },
  { name: 'local IPv4/IPv6 translation', networks: addresses('64:ff9b:1::/48') },
];

function addresses(...texts: string[]): Address[] {
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

const [translated, tunnelled] = [addresses('64:ff9b::/96'), addresses('2002::/16')];

/** NAT64 (RFC 6052) and 6to4 (RFC 3056) reach the IPv4 address that is written inside. */
function carriedAddress(address: Address): string | null {
  const bytes = readBits(address)?.bytes ?? [];
  if (translated.some((network) => contains(network, address))) return bytes.slice(12).join('.');
  if (tunnelled.some((network) => contains(network, address))) return bytes.slice(2, 6).join('.');
  return null;
}
