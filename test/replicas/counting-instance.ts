/**
 * BanGUI with one more job: it counts. Run as a process of its own by the tests, like `src/main.ts`. Each run adds one
 * to the count, in steps that are written down as they happen, so that what instances did to each other can be read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { startApp } from '../../src/app.ts';
import { systemClock } from '../../src/base/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Job } from '../../src/platform/jobs/job.ts';
import { createLog } from '../../src/platform/logging/log.ts';

const steps = 12;
const stepMs = 100;

const counting: Job = {
  name: 'counting',
  everyMs: 200,
  recorded: true,
  async run({ signal, fence }) {
    const pid = process.pid;
    const { rows } = await fence.write((transaction) =>
      sql<{ n: number }>`SELECT coalesce(max(n), 0) + 1 AS n FROM counting WHERE step = ${steps}`.execute(
        transaction,
      ),
    );
    const n = Number(rows[0]?.n);
    for (let step = 1; step <= steps; step++) {
      if (signal.aborted) return {};
      await fence.write((transaction) =>
        sql`INSERT INTO counting (token, pid, n, step) VALUES (${fence.token}, ${pid}, ${n}, ${step})`.execute(
          transaction,
        ),
      );
      await sleep(stepMs);
    }
    return { counted: 1 };
  },
};

const settings = readConfig(process.env);
const log = createLog({ level: 'debug', format: 'json' });
const app = await startApp({ ...settings, shipping: null, log, now: systemClock, jobs: [counting] });
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
