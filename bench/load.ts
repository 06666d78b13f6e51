/**
 * Many clients at once on each database, beside a bare HTTP server that answers the same bytes; and memory over a
 * million calls.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { startBangui, type RunningBangui } from '../test/bangui.ts';
import { signIn, type Operator } from '../test/operator.ts';
import { startPostgres } from '../test/servers/postgres.ts';
import { residentMb, round, sleep } from './measure.ts';
import { shown, untilShown, type Row, type Scene } from './scene.ts';

const paths = ['/api/v1/jails', '/api/v1/bans/active?page_size=50', '/api/v1/health'];
const clients = [1, 50, 500];
const seconds = 5;
const million = 1_000_000;

export async function load(scene: Scene): Promise<Row[]> {
  const bans = await shown(scene);
  const limits = { BANGUI_RATE_LIMIT_PER_MINUTE: '10000000' };
  const rows: Row[] = [];
  const postgres = await startPostgres();
  try {
    const onPostgres = {
      BANGUI_DATABASE_URL: await postgres.database('load'),
      BANGUI_SESSION_SECRET: 'the secret of a benchmark, 32 or more',
    };
    for (const [name, env] of [
      ['SQLite', {}],
      ['PostgreSQL', onPostgres],
    ] as const) {
      const bangui = await startBangui({ socket: scene.fail2ban.socket, env: { ...limits, ...env } });
      try {
        const operator = await signIn(bangui.url);
        await untilShown({ ...scene, bangui, operator }, bans, 300_000);
        for (const path of paths) rows.push(...(await onPath(name, path, { bangui, operator })));
        if (name === 'SQLite') rows.push(await overAMillion(bangui, operator));
      } finally {
        await bangui.dispose();
      }
    }
  } finally {
    await postgres.stop();
  }
  return rows;
}

interface Ground {
  bangui: RunningBangui;
  operator: Operator;
}

async function onPath(name: string, path: string, ground: Ground): Promise<Row[]> {
  const beside = await bareServer((await ground.operator.get(path)).bytes);
  const rows: Row[] = [];
  for (const connections of clients)
    rows.push(await underLoad(name, path, connections, { ...ground, beside }));
  beside.close();
  return rows;
}

async function underLoad(
  name: string,
  path: string,
  connections: number,
  { bangui, operator, beside }: Ground & { beside: BareServer },
): Promise<Row> {
  const headers = { cookie: operator.cookie };
  const limit = await autocannon({ url: beside.url, connections, duration: seconds });
  await eventLoopLag(operator);
  const result = await autocannon({ url: bangui.url + path, headers, connections, duration: seconds });
  const lag = await eventLoopLag(operator);
  return {
    figure: `${name}: ${path}, ${connections} ${connections === 1 ? 'client' : 'clients'}`,
    reach: 'every call answered',
    measured:
      `${round(result.requests.average)}/s, p50 ${round(result.latency.p50)} ms, ` +
      `p99 ${round(result.latency.p99)} ms, event loop p99 ${round(lag * 1000)} ms`,
    beside: `bare server ${round(limit.requests.average)}/s, p99 ${round(limit.latency.p99)} ms`,
    met: result.errors === 0 && result.non2xx === 0 && result.requests.total > 0,
  };
}

/** An hour of a busy page in some minutes: what is kept for each call would show. */
async function overAMillion(bangui: RunningBangui, { cookie }: Operator): Promise<Row> {
  const sizes: number[] = [];
  for (let done = 0; done < million; done += million / 10) {
    const url = bangui.url + (paths[(done / (million / 10)) % paths.length] ?? '');
    const result = await autocannon({ url, headers: { cookie }, connections: 50, amount: million / 10 });
    if (result.errors + result.non2xx > 0) throw new Error(`calls failed: ${result.errors} ${result.non2xx}`);
    await sleep(2_000);
    sizes.push(residentMb(bangui.pid));
  }
  const [warm, last] = [Math.max(...sizes.slice(1, 4)), Math.max(...sizes.slice(-3))];
  return {
    figure: 'resident memory over a million calls',
    reach: 'flat: the last 300,000 within 5 % of the second to fourth 100,000',
    measured: `${round(warm)} MB, then ${round(last)} MB`,
    beside: `after each 100,000: ${sizes.map((size) => size.toFixed(0)).join(', ')}`,
    met: last <= warm * 1.05,
  };
}

/** p99 since the last asking, in seconds. */
async function eventLoopLag({ get }: Operator): Promise<number> {
  const { body } = await get('/metrics');
  const match = /^nodejs_eventloop_lag_p99_seconds(?:\{[^}]*\})? (\S+)$/m.exec(String(body));
  if (match?.[1] === undefined) throw new Error('the metrics have no event-loop lag');
  return Number(match[1]);
}

interface BareServer {
  url: string;
  close(): void;
}

const bareScript = `
const { createServer } = require('node:http');
const body = Buffer.alloc(Number(process.argv[1]), 'x');
const server = createServer((request, response) => response.end(body));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** What this Node on this machine does at best, as a process of its own: nothing but an answer of so many bytes. */
async function bareServer(bytes: number): Promise<BareServer> {
  const child = spawn(process.execPath, ['-e', bareScript, String(bytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const [port] = await once(child.stdout, 'data');
  return {
    url: `http://127.0.0.1:${String(port).trim()}`,
    close() {
      process.off('exit', killWithUs);
      child.kill();
    },
  };
}
