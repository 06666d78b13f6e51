/** Counts and times the runs of background jobs. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { WatchRun } from '../jobs/watch-runs.ts';

/** The label is `job_name`: Prometheus calls `job` what it scrapes. */
export function jobMetrics(registry: Registry): WatchRun {
  const registers = [registry];
  const runs = new Counter({
    name: 'bangui_job_runs_total',
    help: 'Runs of background jobs that ended here: completed, failed or aborted.',
    labelNames: ['job_name', 'state'],
    registers,
  });
  const duration = new Histogram({
    name: 'bangui_job_duration_seconds',
    help: 'How long runs of background jobs took.',
    labelNames: ['job_name'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
    registers,
  });
  const running = new Gauge({
    name: 'bangui_jobs_running',
    help: 'Background jobs running here now.',
    registers,
  });
  return (job, run) => {
    // From 0 on: Prometheus sees no increase in a series that begins with 1.
    for (const state of ['completed', 'failed', 'aborted']) runs.inc({ job_name: job, state }, 0);
    return async (tools) => {
      const began = performance.now();
      let state = 'failed';
      running.inc();
      try {
        const counts = await run(tools);
        state = 'completed';
        return counts;
      } finally {
        running.dec();
        duration.observe({ job_name: job }, (performance.now() - began) / 1000);
        runs.inc({ job_name: job, state: tools.signal.aborted ? 'aborted' : state });
      }
    };
  };
}
