/** Composition root: opens everything in order, and closes it in reverse. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import metadata from '../package.json' with { type: 'json' };
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { createClosers } from './closers.ts';
import type { ReadConfig } from './config.ts';
import { authRoutes } from './features/auth/routes.ts';
import { createBanEnds } from './features/bans/ban-ends.ts';
import { createBanRenewals } from './features/bans/ban-renewals.ts';
import { createManualBans } from './features/bans/manual-bans.ts';
import { createMirror } from './features/bans/mirror.ts';
import { bansRoutes } from './features/bans/routes.ts';
import { pruneRevisions } from './features/config/prune-revisions.ts';
import { geoRoutes } from './features/geo/routes.ts';
import { healthRoutes } from './features/health/routes.ts';
import { jobsRoutes } from './features/jobs/routes.ts';
import { readPreferences } from './features/setup/preferences.ts';
import { isSetUp, setupRoutes } from './features/setup/routes.ts';
import { newSetupCode, sharedSetupCode } from './features/setup/setup-code.ts';
import { createBanFeed } from './host/bans/feed.ts';
import { createLocalHost } from './host/local-host.ts';
import { openAccess } from './open-access.ts';
import { openAddress } from './open-address.ts';
import { openBlocklists } from './open-blocklists.ts';
import { openConfig } from './open-config.ts';
import { openHistory } from './open-history.ts';
import { openJails } from './open-jails.ts';
import { openLab } from './open-lab.ts';
import { openOutside } from './open-outside.ts';
import { openReads } from './open-reads.ts';
import { openServer } from './open-server.ts';
import { createAudit } from './platform/audit.ts';
import { createEvents } from './platform/events.ts';
import { openFanOut } from './platform/fan-out/open-fan-out.ts';
import { shareEvents } from './platform/fan-out/shared-events.ts';
import { addLive } from './platform/http/live.ts';
import { createServer } from './platform/http/server.ts';
import { housekeepingJobs } from './platform/jobs/housekeeping.ts';
import type { Job } from './platform/jobs/job.ts';
import { createScheduler } from './platform/jobs/scheduler.ts';
import { whileHeld } from './platform/lock/while-held.ts';
import type { Shipping } from './platform/logging/open-shipping.ts';
import { openMonitoring } from './platform/monitoring.ts';

interface AppDeps extends ReadConfig {
  /** Null when log lines go to standard output only. */
  shipping: Shipping | null;
  log: Log;
  now: Clock;
  /** More than BanGUI's own; the tests count with one. */
  jobs?: readonly Job[];
}

export interface App {
  url: string;
  /** Only while set-up is open: what set-up from another machine asks for. */
  setupCode: string | null;
  practice: boolean;
  /** The whole shutdown sequence; calling it again joins the first. Never rejects. */
  stop(): Promise<void>;
}

/** How long calls under way may take once we stop, ms. */
const callGraceMs = 2_000;
/** The fail2ban this process watches, in every row about it. */
const hostId = 'local';

/** Resolves when calls are answered. Throws StartError, after closing again what was open, when it cannot start. */
export async function startApp({
  config,
  configured,
  traces,
  shipping,
  now,
  jobs = [],
  ...deps
}: AppDeps): Promise<App> {
  const { version } = metadata;
  const monitoring = await openMonitoring({ version, hostId, log: deps.log, config, shipping, traces });
  const { log } = monitoring;
  const closers = createClosers({ log });
  try {
    const outside = await openOutside({ config, configured, log, now, closers });
    const { geo, practice, database, redis, postgresUrl, lock } = outside;
    const { db } = database;
    const scheduler = monitoring.watchRuns(createScheduler({ lock, log, now }));

    closers.add('external_logging', async () => {
      await monitoring.flush();
      log.info('external_logging_shutdown_complete');
    });
    // Downloads are closed by then, since they were opened later.
    closers.add('outgoing_http', async () => log.info('http_session_closed'));

    const shared = postgresUrl !== null;
    const fanOut = await openFanOut({ redis, postgresUrl, log });
    closers.add('fan_out', fanOut.close);

    const socketPath = practice?.socketPath ?? config.fail2banSocket;
    if (!existsSync(socketPath)) log.warn('fail2ban_socket_missing', { path: socketPath });
    const host = createLocalHost({ id: hostId, socketPath, log, now, watchCommand: monitoring.watchCommand });
    closers.add('host', host.close);
    const ownEvents = createEvents(log);
    const { events, listenElsewhere } = shareEvents({ own: ownEvents, fanOut, now });
    const tellStatus = (): void => ownEvents.announce({ type: 'status', host: host.id, at: now() });
    host.onStatus(tellStatus);
    const audit = createAudit({ db, now });
    const feed = createBanFeed({ host, log, databaseFile: config.fail2banDatabase });
    const mirror = createMirror({ db, host, feed, geo, events, fanOut, listenElsewhere, now, log });
    const manual = createManualBans({ db, hostId: host.id });
    closers.add('mirror_elsewhere', mirror.follow());
    closers.add('mirror', whileHeld({ lock, log, name: 'mirror', start: mirror.start, stop: mirror.stop }));

    const databaseFile = database.path ?? config.databasePath;
    const access = openAccess({ config, db, databaseFile, redis, shared, fanOut, audit, log, now });
    const { sessions, passwords, throttle, limiter, requirePassword, feedLimit } = access;
    const server = await createServer({
      log,
      identify: sessions.identify,
      limiter,
      trustedProxies: config.trustedProxies,
      allowedOrigins: config.corsAllowedOrigins,
      pages: join(import.meta.dirname, '../dist/web'),
      version: metadata.version,
      watchers: monitoring.watchHttp,
    });
    const { mount } = server;
    const { identify } = sessions;
    const live = addLive({ server, events, identify, onSessionEnd: sessions.onEnd, log });
    const history = openHistory({ config, outside, host, mount, scheduler, closers, log, now });
    monitoring.serve({ server, identify, limiter, db, host, lock, live, history: history.figures });
    let shuttingDown = false;

    healthRoutes({
      mount,
      now,
      status: async () => (host.status().checkedAt === null ? host.refresh() : host.status()),
      probe: database.probe,
      scheduler: scheduler.state,
      cache: () => sessions.cache,
      shuttingDown: () => shuttingDown,
    });
    const setupCode = shared ? sharedSetupCode(access.secret) : newSetupCode();
    setupRoutes({
      mount,
      db,
      audit,
      now,
      code: setupCode,
      hashPassword: passwords.hash,
      throttle,
      status: host.status,
      practice: practice !== null,
    });
    authRoutes({
      mount,
      db,
      sessions,
      passwords,
      throttle,
      audit,
      now,
      cookie: { secure: config.sessionCookieSecure, sameSite: config.sessionCookieSameSite },
      preferences: () =>
        readPreferences({
          db,
          environmentMinutes: configured.has('sessionDurationMinutes') ? config.sessionDurationMinutes : null,
          defaultMinutes: config.sessionDurationMinutes,
        }),
    });

    bansRoutes({ mount, db, host, mirror, manual, audit, locate: geo.locate, now });
    geoRoutes({ mount, geo });
    const configDir = practice?.configDir ?? config.fail2banConfigDir;
    const common = { mount, db, host, lock, log, now, closers, configDir };
    const engine = openAddress({ ...common, config, databaseFile, locate: geo.locate });
    openLab({ ...common, locate: geo.locate, config });
    const fail2ban = { config, socketPath, audit };
    const jails = openJails({ ...common, ...fail2ban, scheduler, engine, tell: tellStatus });
    const changes = await openConfig({ ...common, ...fail2ban, events, isConfirmed: sessions.isConfirmed });
    const practiceStart = practice?.startCommand ?? null;
    openServer({ ...common, ...fail2ban, live, practiceStart, changes, jails });
    jobsRoutes({ mount, db, scheduler, audit });
    const overview = {
      host,
      mirror,
      hostName: config.hostName,
      practice: practice !== null,
      appVersion: metadata.version,
    };
    const readDb = openReads({ mount, database, hostId, overview, log, now, closers });
    const secured = { requirePassword, feedLimit };
    const lists = { scheduler, events, databaseFile, version, readDb, changes };
    await openBlocklists({ ...common, ...fail2ban, ...secured, ...lists });

    scheduler.add(createBanRenewals({ host, feed, mirror, manual, now, log }));
    scheduler.add(createBanEnds({ host, feed, mirror, manual, now, log }));
    const housekeeping = housekeepingJobs({
      cleanSessions: sessions.cleanUp,
      sweepLimits: async () => (await limiter.sweep()) + (await throttle.sweep()),
      probeHost: host.refresh,
      pruneRuns: scheduler.runs.prune,
      pruneRevisions: (fence, before) => pruneRevisions({ db, hostId: host.id }, fence, before),
      revisionsKept: config.configRetentionDays * 86_400_000,
      now,
    });
    for (const job of [...housekeeping, ...jobs]) scheduler.add(job);

    host.start();
    closers.add('http', async () => {
      live.close();
      await server.close(callGraceMs);
    });
    const url = await server.listen({ host: config.listenHost, port: config.port });
    scheduler.start();

    const open = !(await isSetUp({ db }));
    const timeoutMs = config.shutdownTimeoutSeconds * 1000;
    let stopping: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      shuttingDown = true;
      log.info('bangui_shutting_down', { timeout_seconds: config.shutdownTimeoutSeconds });
      const count = scheduler.stopAccepting();
      log.info('scheduler_stopped_accepting_jobs');
      live.close();
      log.info('waiting_for_pending_tasks', { count, timeout_seconds: config.shutdownTimeoutSeconds });
      const cancelled = await scheduler.drain(timeoutMs);
      if (cancelled === 0) log.info('pending_tasks_completed');
      else log.warn('pending_tasks_timeout', { cancelled_count: cancelled });
      await closers.closeAll();
      log.info('bangui_shut_down');
    };
    return {
      url,
      setupCode: open ? setupCode : null,
      practice: practice !== null,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}
