/** Several BanGUI processes on one PostgreSQL and one fail2ban, with or without a Redis. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { operator, signIn, type Operator } from '../operator.ts';

export const sessionSecret = 'a secret that the instances share, 32+';

interface InstancesOptions {
  socket: string;
  /** Null: all on one embedded database, as two programs of one machine are. */
  databaseUrl: string | null;
  redisUrl: string | null;
  env?: Record<string, string>;
}

export interface Instances {
  /** The first runs the background jobs, the others stand by. */
  all: RunningBangui[];
  dispose(): Promise<void>;
}

export async function startInstances(count: number, options: InstancesOptions): Promise<Instances> {
  const { socket, databaseUrl, redisUrl, env } = options;
  const dir = await mkdtemp(join(tmpdir(), 'bangui-instances-'));
  const all: RunningBangui[] = [];
  for (let number = 0; number < count; number++) {
    all.push(
      await startBangui({
        socket,
        dir,
        env: {
          ...(databaseUrl === null ? {} : { BANGUI_DATABASE_URL: databaseUrl }),
          BANGUI_SESSION_SECRET: sessionSecret,
          BANGUI_SCHEDULER_LOCK_MODE: 'standby',
          ...(redisUrl === null ? {} : { BANGUI_REDIS_URL: redisUrl }),
          ...env,
        },
      }),
    );
  }
  return {
    all,
    async dispose() {
      await Promise.all(all.map((one) => one.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** One session, used at each instance as a load balancer would. Completes set-up when it is open. */
export async function signInAt(all: readonly RunningBangui[]): Promise<Operator[]> {
  const [first] = all;
  if (first === undefined) return [];
  const { cookie } = await signIn(first.url);
  return all.map(({ url }) => operator(url, cookie));
}

export interface Stream {
  /** Everything so far. */
  text(): string;
  ended(): boolean;
  close(): void;
}

/** The live stream as a page holds it; opened when this resolves. */
export async function openStream(
  { cookie, url }: { cookie: string; url: string },
  lastId?: string,
): Promise<Stream> {
  const controller = new AbortController();
  const headers = { cookie, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) };
  const answer = await fetch(`${url}/api/v1/live`, { headers, signal: controller.signal });
  if (!answer.ok || answer.body === null) throw new Error(`the stream answered ${answer.status}`);
  let text = '';
  let ended = false;
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  };
  const end = (): void => {
    ended = true;
  };
  read(answer.body).then(end, end);
  await until('the stream says where it is', () => text.includes('id: '));
  return { text: () => text, ended: () => ended, close: () => controller.abort() };
}
