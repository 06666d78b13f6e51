/** Lists: reading a million lines, and which of many lists hold an address. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { median, percentile, round } from './measure.ts';
import type { Row } from './scene.ts';

const answer = z.object({
  ms: z.array(z.number()),
  v6Ms: z.number(),
  libraryMs: z.number(),
  grownMb: z.number(),
  entries: z.number(),
  lookupMs: z.array(z.number()),
});

/** In a program of its own with the flags of BanGUI, which rests in little memory. */
export async function listReading(): Promise<Row[]> {
  const program = join(import.meta.dirname, 'list-reading.ts');
  const flags = ['--optimize-for-size', '--max-semi-space-size=4'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  const { ms, v6Ms, libraryMs, grownMb, entries, lookupMs } = answer.parse(JSON.parse(stdout));
  const [usual, late] = [median(ms), percentile(lookupMs, 99)];
  return [
    {
      figure: 'parse, validate, dedupe, aggregate 1M lines, set file written',
      reach: '≤ 1.2 s, faster than cidr-tools',
      measured:
        `median ${round(usual)} ms, worst of ${ms.length} ${round(Math.max(...ms))} ms, to ${entries.toLocaleString('en')} networks; ` +
        `resident memory +${round(grownMb)} MB; 1M lines of IPv6 ${round(v6Ms)} ms`,
      beside: `cidr-tools mergeCidr of the same entries: ${round(libraryMs)} ms`,
      met: usual <= 1_200 && usual < libraryMs,
    },
    {
      figure: 'which of 5 lists, 5M entries, hold an address',
      reach: 'p99 ≤ 5 ms',
      measured: `median ${round(median(lookupMs))} ms, p99 of ${lookupMs.length} ${round(late)} ms`,
      beside: '–',
      met: late <= 5,
    },
  ];
}
