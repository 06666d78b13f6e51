/** The server process: reads the settings, starts the app, stops it on a signal. */
import type { App } from './app.ts';
import { systemClock } from './base/clock.ts';
import { StartError } from './base/start-error.ts';
import { readConfig, type ReadConfig } from './config.ts';
import { createLog } from './platform/logging/log.ts';
import { openShipping } from './platform/logging/open-shipping.ts';

const terminal = process.stdout.isTTY === true;
const settings = readSettings();
const { config, logTarget } = settings;
const shipping =
  logTarget === null
    ? null
    : openShipping({
        target: logTarget,
        bufferSize: config.externalLoggingBufferSize,
        flushMs: config.externalLoggingFlushIntervalSeconds * 1000,
        now: systemClock,
      });
const log = createLog({
  level: config.logLevel,
  format: config.logFormat ?? (terminal ? 'text' : 'json'),
  ...(shipping !== null && { ship: shipping.write }),
});
let app: App | null = null;
let signalledAt: number | null = null;
process.on('SIGTERM', stopOnSignal);
process.on('SIGINT', stopOnSignal);
log.info('bangui_starting_up', { pid: process.pid, node: process.version });
for (const warning of settings.warnings) log.warn('setting_unknown', { warning });

process.on('uncaughtException', (error) => {
  log.error('uncaught_exception', { error });
  process.exit(1);
});

try {
  // Loaded only now: a mistake in the settings is told at once, and nothing of the app has run.
  const { startApp } = await import('./app.ts');
  app = await startApp({ ...settings, shipping, log, now: systemClock });
} catch (error) {
  const code = error instanceof StartError ? error.code : 'internal_error';
  log.error('bangui_start_failed', { code, error });
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await shipping?.flush();
  process.exit(1);
}
announce(app);
// A signal that came while starting.
if (signalledAt !== null) void stop();

function announce({ url, setupCode, practice }: App): void {
  if (setupCode !== null)
    log.info('setup_code', { code: setupCode, needed_for: 'set-up from another machine' });
  log.info('bangui_ready', { url, practice });
  if (terminal) process.stdout.write(`\nBanGUI is ready. Open ${url} in your browser; Ctrl-C ends it.\n\n`);
}

/** Ctrl-C in a terminal reaches npm and us, and npm passes it on: the second within 2 s is the same wish. */
function stopOnSignal(): void {
  const time = performance.now();
  if (signalledAt === null) {
    signalledAt = time;
    void stop();
  } else if (time - signalledAt > 2_000) {
    log.warn('bangui_exit_forced');
    process.exit(1);
  }
}

async function stop(): Promise<void> {
  if (app === null) return;
  await app.stop();
  // The last lines, in what is left of the time for it.
  await shipping?.flush();
  process.exit(0);
}

function readSettings(): ReadConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
