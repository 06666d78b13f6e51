/** The one family of errors that reaches a caller of the HTTP interface: a stable code, a status and a sentence. */

export interface FieldError {
  /** Where in the input, e.g. `body.ips.3`. */
  field: string;
  message: string;
}

interface AppErrorOptions {
  cause?: unknown;
  fields?: readonly FieldError[];
  retryAfterSeconds?: number;
  /** What an operator can do about it, for example the command that grants access. */
  remedy?: string;
  /** More members of the problem, in the words of the HTTP interface. */
  extra?: Readonly<Record<string, unknown>>;
}

/** `message` is written for a person and is sent to the caller as it is: no paths, secrets or stack in it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | null;
  readonly remedy: string | null;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.remedy = options.remedy ?? null;
    this.extra = options.extra ?? {};
  }
}

export const invalidInput = (message: string, fields: readonly FieldError[] = []): AppError =>
  new AppError(422, 'invalid_input', message, { fields });

export const unauthenticated = (message = 'Sign in first.'): AppError =>
  new AppError(401, 'unauthenticated', message);

export const notFound = (message: string): AppError => new AppError(404, 'not_found', message);

export const conflict = (code: string, message: string): AppError => new AppError(409, code, message);

export const tooManyRequests = (message: string, retryAfterSeconds: number): AppError =>
  new AppError(429, 'too_many_requests', message, { retryAfterSeconds });

/** fail2ban answered, and its answer was an error. */
export const daemonRefused = (message: string, cause?: unknown): AppError =>
  new AppError(502, 'fail2ban_error', message, { cause });

/** fail2ban did not answer: gone, hung, refusing us, or not speaking its protocol. */
export const daemonUnreachable = (
  message: string,
  options: { cause?: unknown; remedy?: string } = {},
): AppError => new AppError(503, 'fail2ban_unreachable', message, options);
