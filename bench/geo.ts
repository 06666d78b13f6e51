/** Where addresses are: lookups a second, and what the data costs at start and in memory. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { round } from './measure.ts';
import type { Row } from './scene.ts';

const answer = z.object({
  readyMs: z.number(),
  activeMs: z.number(),
  heldMb: z.number(),
  ours: z.number(),
  library: z.number(),
  fresh: z.number(),
});

export async function geoLookups(): Promise<Row[]> {
  const program = join(import.meta.dirname, 'geo-lookups.ts');
  const flags = ['--optimize-for-size', '--max-semi-space-size=4', '--expose-gc'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  const { readyMs, activeMs, heldMb, ours, library, fresh } = answer.parse(JSON.parse(stdout));
  return [
    {
      figure: 'lookups of country, network, its name and range',
      reach: '≥ 300,000/s',
      measured: `${round(ours)}/s`,
      beside: `country alone: the maxmind reader kept open ${round(library)}/s, opened for each ${round(fresh)}/s`,
      met: ours >= 300_000,
    },
    {
      figure: 'main thread busy with country and network data at start',
      reach: '≤ 50 ms',
      measured: `${round(activeMs)} ms`,
      beside: `ready after ${round(readyMs)} ms; resident memory +${round(heldMb)} MB`,
      met: activeMs <= 50,
    },
  ];
}
