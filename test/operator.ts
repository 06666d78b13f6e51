/** An operator with a password and a session, speaking plain HTTP as a script would. */
import { z } from 'zod';

export const password = 'correct horse battery staple';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text when it is none. */
  body: unknown;
  bytes: number;
  ms: number;
}

export interface Operator {
  cookie: string;
  get(path: string): Promise<Answer>;
  send(method: 'POST' | 'DELETE' | 'PUT', path: string, body: unknown): Promise<Answer>;
}

/** Completes set-up when it is open, signs in, and answers the signed-in operator. */
export async function signIn(url: string): Promise<Operator> {
  const open = operator(url, '');
  const setup = z.object({ completed: z.boolean() }).parse((await open.get('/api/v1/setup')).body);
  if (!setup.completed) {
    const done = await open.send('POST', '/api/v1/setup', { password });
    if (done.status !== 201) throw new Error(`set-up answered ${done.status}: ${JSON.stringify(done.body)}`);
  }
  const answer = await open.send('POST', '/api/v1/auth/login', { password });
  if (answer.status !== 200)
    throw new Error(`sign-in answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return operator(url, cookie);
}

export function operator(url: string, cookie: string): Operator {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const began = performance.now();
    const answer = await fetch(url + path, { redirect: 'manual', ...init });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: parsed(text),
      bytes: Buffer.byteLength(text),
      ms: performance.now() - began,
    };
  };
  return {
    cookie,
    get: (path) => call(path, { headers: { cookie } }),
    send: (method, path, body) =>
      call(path, {
        method,
        headers: { cookie, 'content-type': 'application/json', 'x-bangui-request': '1' },
        body: JSON.stringify(body),
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
