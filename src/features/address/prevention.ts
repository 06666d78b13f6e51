/** What would have kept an address from being banned. */
import { contains, family, prefixLength, type Address } from '../../base/address.ts';
import { formatDuration } from '../../base/duration.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { whyBanned } from './contract.ts';
import { longestHarmless } from './failure-window.ts';
import type { JailSettings } from './settings-shape.ts';
import { neighbourhoodOf } from './surroundings.ts';

type Prevention = EndpointOutput<typeof whyBanned>['prevention'];

interface PreventionQuestion {
  jail: string;
  /** Null for what is no address. */
  address: Address | null;
  /** Its announced range, where known. */
  range: Address | null;
  /** What the jail ignores now. */
  ignored: readonly Address[];
  settings: JailSettings | null;
  /** As fail2ban counted; 0 = unknown. */
  failures: number;
  /** Of the lines, seconds, in order; null for a line without a date. */
  times: readonly (number | null)[];
}

/** Wider ranges are no friend's. */
const widestIgnored = { 4: 16, 6: 32 } as const;

export function prevention(question: PreventionQuestion): Prevention {
  const { settings, failures, times } = question;
  const found = ignoring(question);
  const counted = failures > 0 ? failures : times.length;
  if (settings === null || counted === 0) return found;
  const { maxretry, findtime } = settings;
  found.push({
    kind: 'maxretry',
    sentence: `A limit above ${counted} failures: it was ${maxretry}.`,
    value: `maxretry = ${Math.max(counted, maxretry) + 1}`,
  });
  const dated = times.filter((time) => time !== null);
  // Lines that are not kept could be older: what a shorter time would have done is then not known.
  if (dated.length !== counted || dated.length !== times.length) return found;
  const harmless = longestHarmless(dated, { findtime, maxretry });
  if (harmless === null) return found;
  return [
    ...found,
    {
      kind: 'findtime',
      sentence: `A find time of ${formatDuration(harmless)} or less: the failures were spread over more. It was ${formatDuration(findtime)}.`,
      value: `findtime = ${formatDuration(harmless)}`,
    },
  ];
}

function ignoring({ jail, address, range, ignored }: PreventionQuestion): Prevention {
  if (address === null) return [];
  const already = ignored.find((entry) => contains(entry, address));
  if (already !== undefined) {
    const sentence = `${jail} ignores ${already} now: it would not ban this address again.`;
    return [{ kind: 'ignore', sentence, value: null }];
  }
  const wide = range !== null && prefixLength(range) >= widestIgnored[family(range)];
  const around = wide ? range : neighbourhoodOf(address);
  const entry = {
    kind: 'ignore' as const,
    sentence: `An entry for it in the ignore list of ${jail}.`,
    value: address,
  };
  if (around === address) return [entry];
  return [
    entry,
    { kind: 'ignore', sentence: `An entry for the range it is in, if you trust all of it.`, value: around },
  ];
}
