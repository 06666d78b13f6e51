/** Which find time would not have led to a ban, compared with fail2ban's own counting. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { longestHarmless, reaches } from './failure-window.ts';

/** fail2ban's FailManager, fed with failures of one address at these times. */
const counting = `
import json, sys
from fail2ban.server.failmanager import FailManager
from fail2ban.server.ipdns import IPAddr
from fail2ban.server.ticket import FailTicket
answers = []
for times, findtime, maxretry in json.load(sys.stdin):
    manager = FailManager()
    manager.setMaxTime(findtime)
    manager.setMaxRetry(maxretry)
    counts = [manager.addFailure(FailTicket(IPAddr('192.0.2.7'), time, [])) for time in times]
    answers.append(any(count >= maxretry for count in counts))
print(json.dumps(answers))
`;

test('it counts as fail2ban does, for failures spread in any way', () => {
  let seed = 42;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const cases = Array.from({ length: 3_000 }, () => {
    let time = 1_800_000_000;
    const times = Array.from({ length: 1 + random(8) }, () => (time += random(40)));
    return [times, 1 + random(90), 1 + random(7)] as const;
  });
  const output = execFileSync('/usr/bin/python3', ['-c', counting], { input: JSON.stringify(cases) });
  const theirs = z.array(z.boolean()).parse(JSON.parse(output.toString()));
  expect(cases.map(([times, findtime, maxretry]) => reaches(times, findtime, maxretry))).toEqual(theirs);
  expect(new Set(theirs).size).toBe(2);

  for (const [times, findtime, maxretry] of cases) {
    const harmless = longestHarmless(times, { findtime, maxretry });
    if (harmless !== null) expect(reaches(times, harmless, maxretry)).toBe(false);
  }
});

test('failures of one moment are harmless with no find time, and what did not lead to a ban is not explained', () => {
  expect(longestHarmless([5, 5, 5], { findtime: 600, maxretry: 3 })).toBeNull();
  expect(longestHarmless([5, 6], { findtime: 600, maxretry: 3 })).toBeNull();
  expect(longestHarmless([], { findtime: 600, maxretry: 1 })).toBeNull();
  expect(longestHarmless([0, 100, 200], { findtime: 600, maxretry: 3 })).toBe(149);
});
