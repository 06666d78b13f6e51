/** How far the history follows fail2ban, from what its writer last said. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface HistoryFigures {
  /** Events written since the writer began; begins at 0 again with each. */
  written: number;
  /** Rows of fail2ban's database, at first contact. */
  read: number;
  of: number | null;
  seeding: boolean;
  /** ms; everything that fail2ban told by then is in the history. */
  asOf: number | null;
  /** Bytes of fail2ban's log that are not read yet. */
  behind: number;
}

/** `figures` answers null while no writer runs in this instance. */
export function historyMetrics(registry: Registry, figures: () => HistoryFigures | null): void {
  const registers = [registry];
  let seen = 0;
  const events: Counter = new Counter({
    name: 'bangui_history_events_total',
    help: 'Bans and unbans that this instance wrote to the history.',
    registers,
    collect() {
      const written = figures()?.written ?? 0;
      events.inc(written < seen ? written : written - seen);
      seen = written;
    },
  });
  gauge(
    'bangui_history_seeding_ratio',
    'Part of what fail2ban remembered at first contact that is taken over; 1 = all.',
    (now) => (now.seeding ? now.read / Math.max(now.of ?? now.read, 1) : 1),
  );
  gauge(
    'bangui_history_lag_seconds',
    'Age of the newest moment of which everything is in the history.',
    ({ asOf }) => (asOf === null ? null : Math.max(0, Date.now() - asOf) / 1000),
  );
  gauge(
    'bangui_history_unread_bytes',
    'Bytes of fail2ban’s log that are not read yet.',
    ({ behind }) => behind,
  );

  function gauge(name: string, help: string, read: (now: HistoryFigures) => number | null): void {
    const made: Gauge = new Gauge({
      name,
      help,
      registers,
      collect() {
        const now = figures();
        const value = now === null ? null : read(now);
        if (value === null) made.reset();
        else made.set(value);
      },
    });
  }
}
