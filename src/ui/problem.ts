/** What came back instead of an answer: RFC 9457 as a value, or the network's silence. */
import type { FieldError } from '../base/errors.ts';

export interface Problem {
  /** HTTP status; 0 when BanGUI itself did not answer. */
  status: number;
  /** Stable code, e.g. `fail2ban_unreachable`; shown so that it can be copied. */
  code: string;
  /** A sentence for a person; empty when there is none. */
  message: string;
  correlationId: string | null;
  fields: readonly FieldError[];
  retryAfterSeconds: number | null;
  remedy: string | null;
  /** All that was sent, for what only one kind of problem has. */
  body: Readonly<Record<string, unknown>>;
}

/** A problem on its way through code that only knows thrown errors, such as the query cache. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The problem in a thrown error; anything else is our own mistake and keeps its message. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return { ...nothing, code: 'page_error', message: error instanceof Error ? error.message : String(error) };
}

/** Nobody answered at BanGUI's own address. */
export const noAnswer: Problem = {
  status: 0,
  code: 'bangui_unreachable',
  message: '',
  correlationId: null,
  fields: [],
  retryAfterSeconds: null,
  remedy: null,
  body: {},
};

const nothing = noAnswer;

/** Reads problem+json. A body that is none (a proxy's page) still gives status and a code. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await readObject(response);
  const text = (name: string): string | null => {
    const value = body[name];
    return typeof value === 'string' ? value : null;
  };
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    status: response.status,
    code: text('code') ?? `http_${response.status}`,
    message: text('detail') ?? text('title') ?? '',
    correlationId: text('correlation_id') ?? response.headers.get('x-correlation-id'),
    fields: readFields(body['fields'] ?? body['errors']),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    remedy: text('remedy'),
    body,
  };
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}

function readFields(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('field' in entry) || !('message' in entry))
      return [];
    return [{ field: String(entry.field), message: String(entry.message) }];
  });
}
