/** Whether BanGUI serves at its port, or could, for `bangui doctor`. */
import { createServer } from 'node:net';
import { z } from 'zod';
import { ok, problem, type Finding } from '../../base/finding.ts';

const answerMs = 3_000;

const health = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  components: z.record(z.string(), z.object({ status: z.string(), detail: z.string().nullable() })),
});

export async function examinePort({ host, port }: { host: string; port: number }): Promise<Finding> {
  const check = 'port';
  if (port === 0) return ok(check, 'Any free port is taken at the start.');
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const url = `http://${near.includes(':') ? `[${near}]` : near}:${port}`;
  const served = await askHealth(`${url}/api/v1/health`);
  if (served !== null) {
    const unwell = Object.values(served.components).flatMap(({ detail }) => detail ?? []);
    if (served.status === 'ok') return ok(check, `BanGUI serves ${url}, and says that all is well.`);
    return problem(
      check,
      `BanGUI serves ${url}, and is unwell: ${unwell.join(' ')}`,
      `curl ${url}/api/v1/health`,
    );
  }
  const code = await tryListen(host, port);
  if (code === null) return ok(check, `${url} is free for BanGUI, which does not run.`);
  const remedy = "Set BANGUI_PORT, or end that program: ss -ltnp 'sport = :" + `${port}'`;
  if (code === 'EADDRINUSE')
    return problem(check, `Port ${port} on ${host} is taken by another program.`, remedy);
  if (code === 'EACCES')
    return problem(check, `This user may not open port ${port}.`, 'Set BANGUI_PORT to 1024 or above.');
  return problem(
    check,
    `BanGUI cannot listen on ${host}, port ${port} (${code}).`,
    'Set BANGUI_LISTEN_HOST.',
  );
}

/** Null when nobody answers as BanGUI does. */
async function askHealth(url: string): Promise<z.output<typeof health> | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
    return health.safeParse(await answer.json()).data ?? null;
  } catch {
    return null;
  }
}

/** The system's error code; null when listening works. */
function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}
