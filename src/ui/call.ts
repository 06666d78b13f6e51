/**
 * Calls one of the server's endpoints. Only the *type* of a contract is used, so that no schema library travels to
 * the browser: `call<typeof contract.login>('POST /api/v1/auth/login', …)`; method and path are checked by the compiler.
 */
import type { Endpoint, EndpointCall, EndpointOutput } from '../base/endpoint.ts';
import { noAnswer, ProblemError, readProblem, type Problem } from './problem.ts';

/** `METHOD /path`, the only text that fits the endpoint. */
export type Route<E extends Endpoint> = `${E['method']} ${E['path']}`;

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

type Input<E extends Endpoint> = Partial<EndpointCall<E>> & {
  signal?: AbortSignal;
  /** What the change begins from, e.g. `{ 'if-match': etag }`. */
  headers?: Readonly<Record<string, string>>;
};

export interface Caller {
  /** The outcome as a value: for acts, whose problems are part of the page. */
  call<E extends Endpoint>(route: Route<E>, input?: Input<E>): Promise<Result<EndpointOutput<E>>>;
  /** The answer, or a thrown `ProblemError`: for the query cache. */
  ask<E extends Endpoint>(route: Route<E>, input?: Input<E>): Promise<EndpointOutput<E>>;
}

interface CallerDeps {
  fetch: typeof globalThis.fetch;
  /** A call that needs a session found none. */
  onSignedOut: () => void;
}

/** Where a 401 means a wrong password and not a lost session. */
const signIn: Route<Endpoint> = 'POST /api/v1/auth/login';

/** The one caller of the page. An aborted call throws, as `fetch` does. */
export function createCaller({ fetch, onSignedOut }: CallerDeps): Caller {
  const call: Caller['call'] = async (route, input = {}) => {
    const response = await send(fetch, route, input);
    if (response === null) return { ok: false, problem: noAnswer };
    if (!response.ok) {
      if (response.status === 401 && route !== signIn) onSignedOut();
      return { ok: false, problem: await readProblem(response) };
    }
    try {
      // the server has checked this answer against the very schema that types it
      return { ok: true, value: response.status === 204 ? undefined : await response.json() };
    } catch {
      return { ok: false, problem: { ...noAnswer, status: response.status, code: 'answer_unreadable' } };
    }
  };
  return {
    call,
    async ask(route, input) {
      const result = await call(route, input);
      if (!result.ok) throw new ProblemError(result.problem);
      return result.value;
    },
  };
}

/** After so long nobody answers any more; acts on thousands of addresses may take their time. */
const readLimitMs = 15_000;
const actLimitMs = 120_000;

interface Loose {
  params?: unknown;
  query?: unknown;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Readonly<Record<string, string>>;
}

async function send(fetch: typeof globalThis.fetch, route: string, input: Loose): Promise<Response | null> {
  const space = route.indexOf(' ');
  const method = route.slice(0, space);
  const headers: Record<string, string> = { accept: 'application/json', ...input.headers };
  if (method !== 'GET') headers['x-bangui-request'] = '1';
  if (input.body !== undefined) headers['content-type'] = 'application/json';
  const limit = AbortSignal.timeout(method === 'GET' ? readLimitMs : actLimitMs);
  try {
    return await fetch(buildUrl(route.slice(space + 1), input.params, input.query), {
      method,
      headers,
      credentials: 'same-origin',
      body: input.body === undefined ? null : JSON.stringify(input.body),
      signal: input.signal === undefined ? limit : AbortSignal.any([input.signal, limit]),
    });
  } catch (error) {
    if (input.signal?.aborted === true) throw error;
    return null;
  }
}

/** Fills `{name}` from params and appends the query; undefined and empty values are left out. */
export function buildUrl(path: string, params: unknown, query: unknown): string {
  const values = new Map(Object.entries(params ?? {}));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values.get(name) ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}
