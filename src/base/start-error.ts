/** A reason not to start, in a sentence for the person who typed the command. The process prints it and exits with 1. */

/** `code` is stable and goes into the log; `message` says what is wrong and what to do about it. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: string;

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
