/** Figures of log shipping; all are 0 while it is off. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface ShippingFigures {
  shipped: number;
  waiting: number;
  failures: number;
  dropped: Readonly<Record<string, number>>;
}

/** Answers what to call when the first contact failed. */
export function shippingMetrics(registry: Registry, figures: () => ShippingFigures | null): () => void {
  const registers = [registry];
  const initFailures = new Counter({
    name: 'bangui_external_logging_init_failures_total',
    help: 'First contacts in which the log service did not take the lines.',
    registers,
  });
  const shipped = new Counter({
    name: 'bangui_external_logging_lines_total',
    help: 'Log lines that the log service took.',
    registers,
    collect: () => {
      shipped.reset();
      shipped.inc(figures()?.shipped ?? 0);
    },
  });
  const failures = new Counter({
    name: 'bangui_external_logging_failures_total',
    help: 'Attempts to ship that did not get every line through.',
    registers,
    collect: () => {
      failures.reset();
      failures.inc(figures()?.failures ?? 0);
    },
  });
  const dropped = new Counter({
    name: 'bangui_external_logging_dropped_total',
    help: 'Log lines that were not shipped: full is our buffer, refused the service, too_long the line, ended BanGUI.',
    labelNames: ['reason'],
    registers,
    collect: () => {
      dropped.reset();
      for (const [reason, lines] of Object.entries(figures()?.dropped ?? { full: 0 }))
        dropped.inc({ reason }, lines);
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'bangui_external_logging_waiting',
    help: 'Log lines that wait to be shipped.',
    registers,
    collect: () => waiting.set(figures()?.waiting ?? 0),
  });
  return () => initFailures.inc();
}
