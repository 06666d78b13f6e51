/** Every command of the documents, and how the test runs it. A command that is not here fails the test. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';

export type Known =
  /** In the sandbox, for real; `expects` is found in what it says. */
  | {
      how: 'run';
      expects?: RegExp;
      before?: (sandbox: Sandbox) => Promise<void> | void;
      after?: (sandbox: Sandbox) => Promise<void>;
    }
  /** A BanGUI that goes on running. */
  | { how: 'start'; alone?: true }
  /** Its program is one of stand-ins.ts, which says why. */
  | { how: 'stand-in' }
  /** Not here, for this reason. */
  | { how: 'elsewhere'; because: string };

const run = (expects?: RegExp): Known => ({ how: 'run', ...(expects && { expects }) });
const standIn: Known = { how: 'stand-in' };
const copyTo =
  (name: string) =>
  (sandbox: Sandbox): void => {
    const target = join(sandbox.dir, 'data', name);
    mkdirSync(join(target, '..'), { recursive: true });
    execFileSync('sqlite3', [join(sandbox.dir, 'data/bangui.db'), `VACUUM INTO '${target}'`]);
  };
const doctorIsWell = run(/0 problems/);
/** Whoever held it takes it again after a minute; a restart takes it at once. */
const freesTheLock: Known = {
  how: 'run',
  async after(sandbox) {
    await sandbox.stop();
    await sandbox.start();
  },
};
const restored = /is restored\. .*signs in again/s;

export const known: Readonly<Record<string, Known>> = {
  'npm start': { how: 'start' },
  'npm test': { how: 'elsewhere', because: 'it is what runs this test' },
  'npm run bangui -- doctor': doctorIsWell,
  'npm run -s bangui -- doctor --json': run(/"ok": true/),
  'npm run bangui -- backup': run(/verified/),
  'npm run bangui -- backup /var/backups/bangui.db': run(/verified/),
  'npm run -s bangui -- backup - > /var/backups/bangui-piped.db': run(/rows written/),
  'npm run bangui -- restore /var/backups/bangui.db': run(/made on .*signs in again/s),
  'npm run bangui -- restore data/bangui.db.before-migration-2': {
    how: 'run',
    expects: restored,
    before: copyTo('bangui.db.before-migration-2'),
  },
  'npm run bangui -- restore data/backups/bangui-20261124T041500Z.db': {
    how: 'run',
    expects: restored,
    before: copyTo('backups/bangui-20261124T041500Z.db'),
  },
  'npm run bangui -- database copy --from data/bangui.db --to postgres://bangui@127.0.0.1:5432/bangui': {
    how: 'run',
    expects: /are the same on both sides/,
    before: (sandbox) => sandbox.stop(),
    after: (sandbox) => sandbox.start(),
  },
  "echo 'correct horse battery staple' | npm run bangui -- reset-password": {
    how: 'run',
    expects: /password is changed/,
    before: async (sandbox) => {
      const port = (await sandbox.run('echo $BANGUI_PORT')).output.trim();
      await fetch(`http://127.0.0.1:${port}/api/v1/setup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password: 'correct horse battery' }),
      });
    },
  },
  'BANGUI_PORT=8001 npm start': { how: 'start', alone: true },

  'sudo useradd --system --home-dir /var/lib/bangui --shell /usr/sbin/nologin bangui': standIn,
  'cd /opt/bangui && sudo node runtime/setup.mjs': run(),
  'sudo node runtime/setup.mjs': run(),
  'sudo cp deploy/systemd/bangui.service /etc/systemd/system/': run(),
  'sudo cp -r deploy/systemd/fail2ban.service.d /etc/systemd/system/': run(),
  'sudo systemctl daemon-reload': standIn,
  'sudo systemctl restart fail2ban': standIn,
  'sudo systemctl enable --now bangui': standIn,
  'sudo systemctl restart bangui': standIn,
  'sudo systemctl stop bangui': standIn,
  'sudo systemctl start bangui': standIn,
  'sudo systemctl status fail2ban': standIn,
  'sudo systemctl start fail2ban': standIn,
  'journalctl -u bangui -n 50': standIn,
  'journalctl -u bangui | grep setup_code': standIn,
  'git pull --ff-only': standIn,

  'docker compose -f Docker/docker-compose.yml up -d': standIn,
  'docker compose -f Docker/docker-compose.yml logs backend': standIn,
  'docker compose -f Docker/docker-compose.yml exec backend bangui doctor': standIn,
  'docker compose -f Docker/docker-compose.yml down': standIn,
  'docker compose -f Docker/docker-compose.yml logs backend | grep setup_code': standIn,
  'docker stats --no-stream': standIn,
  'docker stack deploy -c Docker/docker-compose.yml bangui': standIn,
  'kubectl label node NAME bangui/fail2ban=managed': standIn,
  'kubectl apply -k deploy/kubernetes/single-node': standIn,
  'kubectl apply -k deploy/kubernetes/replicated': standIn,
  'kubectl -n bangui get pods': standIn,

  'sudo -u postgres createuser bangui': run(),
  'sudo -u postgres createdb --owner bangui --encoding UTF8 --template template0 bangui': run(),
  'psql postgres://bangui@127.0.0.1:5432/bangui -c "SELECT MAX(version) FROM schema_migrations;"': run(/\d/),

  'curl -s http://127.0.0.1:8000/api/v1/health': run(/"status":"ok"/),
  'curl -s http://127.0.0.1:8000/api/v1/health/live': run(/"status":"ok"/),
  'curl -s http://127.0.0.1:8000/api/v1/health/ready': run(/"status":"ok"/),
  "curl -si http://127.0.0.1:8000/api/v1/setup | grep -i -E '^(HTTP|retry-after)'": run(/HTTP\/1\.1 200/),
  "ss -ltnp 'sport = :8000'": run(/LISTEN/),

  'sudo mkdir -p /etc/bangui': run(),
  'sudo cp /var/lib/bangui/session-secret /etc/bangui/session-secret-previous': run(),
  "sudo sh -c 'umask 077; openssl rand -hex 32 > /etc/bangui/session-secret'": run(),

  'sqlite3 data/bangui.db "SELECT MAX(version) FROM schema_migrations;"': run(/^\d+$/m),
  'sqlite3 -header data/bangui.db "SELECT version, name, datetime(applied_at / 1000, \'unixepoch\') AS applied FROM schema_migrations;"':
    run(/1\|start\|20/),
  'sqlite3 data/bangui.db "PRAGMA integrity_check;"': run(/^ok$/m),
  'sqlite3 data/bangui.db "PRAGMA wal_checkpoint(TRUNCATE);"': run(/^0\|/m),
  'ls -l data': run(/bangui\.db/),
  'sqlite3 data/bangui.db ".tables"': run(/schema_migrations/),
  'sqlite3 data/bangui.db "SELECT datetime(at / 1000, \'unixepoch\'), actor, action, target, outcome FROM audit ORDER BY id DESC LIMIT 20;"':
    run(),
  'sqlite3 data/bangui.db "SELECT job, state, error FROM job_runs ORDER BY id DESC LIMIT 20;"': run(),
  'sqlite3 data/bangui.db "SELECT * FROM scheduler_lock;"': run(/^1\|/m),
  'sqlite3 data/bangui.db "DELETE FROM scheduler_lock;"': freesTheLock,
  'INSERT INTO schema_migrations (version) VALUES (2);': run(),
  'DELETE FROM schema_migrations WHERE version = 2;': run(),
  'SELECT * FROM scheduler_lock;': run(/^1\|/m),
  "SELECT pid, hostname, (strftime('%s', 'now') * 1000 - heartbeat_at) / 1000 AS silent_seconds FROM scheduler_lock;":
    run(/^\d+\|[^|]+\|\d+$/m),
  'DELETE FROM scheduler_lock;': freesTheLock,

  'ls -l /var/run/fail2ban/fail2ban.sock': run(/^s/m),
  'fail2ban-client ping': run(/pong/),
  'fail2ban-client status': run(/Jail list/),
  'fail2ban-client banned': run(/sshd/),
  'fail2ban-client set dbpurgeage 7d': run(/604800/),
  'sudo setfacl -m u:bangui:rw /var/run/fail2ban/fail2ban.sock': standIn,
  'ssh -N -L 8000:127.0.0.1:8000 admin@server.example.org': standIn,
  'df -h data': run(/%/),
  'sudo chown -R bangui: data': standIn,
  'sudo chmod 700 data': run(),
};
