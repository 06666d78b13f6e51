/** The one place where an error becomes an answer: RFC 9457 `application/problem+json`. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../base/errors.ts';
import { describeDatabaseFailure } from '../db/failure.ts';

/** What Fastify itself refuses, in our words. */
const ofFramework: Readonly<Record<string, readonly [number, string, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body_too_large', 'The request is larger than 1 MB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'malformed_request',
    'The body has another length than announced.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'malformed_json', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'malformed_json', 'The body is empty.'],
  FST_STATIC_FORBIDDEN_PATH: [404, 'not_found', 'There is nothing at this address.'],
  FST_ERR_BAD_URL: [400, 'malformed_url', 'The address of the request is not valid.'],
  FST_ERR_ASYNC_CONSTRAINT: [400, 'malformed_request', 'The request is not valid.'],
  FST_ERR_MAX_PARAM_LENGTH: [400, 'malformed_url', 'A part of the address is too long.'],
};

/** Any error as one of ours. What nobody expected becomes a 500 that tells nothing but where to look. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const failure = describeDatabaseFailure(error);
  if (failure !== null)
    return new AppError(503, failure.code, failure.message, { cause: error, retryAfterSeconds: 5 });
  if (error instanceof Error) {
    const known = 'code' in error && typeof error.code === 'string' ? ofFramework[error.code] : undefined;
    if (known !== undefined) return new AppError(...known, { cause: error });
    // The parser of JSON throws these for bodies that try to reach into prototypes.
    if (error instanceof SyntaxError && 'statusCode' in error) {
      return new AppError(400, 'malformed_json', 'The body is not valid JSON.', { cause: error });
    }
    const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status >= 400 && status < 500) {
      return new AppError(status, 'malformed_request', 'The request is not valid.', { cause: error });
    }
  }
  const message = 'Something went wrong inside BanGUI. Its log tells more under this correlation id.';
  return new AppError(500, 'internal_error', message, { cause: error });
}

/** Answers with the problem. */
export function sendProblem(reply: FastifyReply, error: AppError, correlationId: string): FastifyReply {
  if (error.retryAfterSeconds !== null) void reply.header('retry-after', String(error.retryAfterSeconds));
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemBody(error, correlationId)));
}

/** For answers that are sent before any hook has run: they hold nothing a page could use. */
export const bareHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** What came over the connection is not HTTP, too large a head, or too slow: answered in full, and the connection ends. */
export function refuseConnection(error: Error, socket: Socket): void {
  const code = 'code' in error ? String(error.code) : '';
  // The caller went away, or takes nothing any more.
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem =
    ofConnection[code] ?? new AppError(400, 'malformed_request', 'The request is not valid HTTP.');
  const body = JSON.stringify(problemBody(problem, randomUUID()));
  const headers = {
    ...bareHeaders,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`,
  );
}

const ofConnection: Readonly<Record<string, AppError>> = {
  HPE_HEADER_OVERFLOW: new AppError(431, 'head_too_large', 'The head of the request is too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: new AppError(408, 'request_too_slow', 'The request took too long to arrive.'),
};

export function problemBody(error: AppError, correlationId: string): Record<string, unknown> {
  return {
    ...error.extra,
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    code: error.code,
    correlation_id: correlationId,
    ...(error.fields.length > 0 && { fields: error.fields }),
    ...(error.remedy !== null && { remedy: error.remedy }),
  };
}
