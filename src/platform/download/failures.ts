/** What can go wrong with a download, in sentences that say what to do. None shows more of the URL than its host. */
import { AppError } from '../../base/errors.ts';

export const notAUrl = (message: string): AppError => new AppError(422, 'download_not_a_url', message);

export const refusedAddress = (host: string, why: string): AppError =>
  new AppError(
    422,
    'download_refused_address',
    `${host} was not asked: it is ${why}. Lists come from the internet; BANGUI_BLOCKLIST_ALLOW_PRIVATE_URLS lets private and loopback addresses in, never link-local and metadata ones.`,
  );

export const tooLarge = (maxBytes: number): AppError =>
  new AppError(
    502,
    'download_too_large',
    `The list is larger than ${maxBytes} bytes, unpacked. Raise BANGUI_HTTP_MAX_BYTES if it should be.`,
  );

export const silent = (host: string, ms: number): AppError =>
  new AppError(
    504,
    'download_timeout',
    `${host} was silent for ${seconds(ms)}. Try again later, or raise BANGUI_HTTP_TIMEOUT_SECONDS.`,
  );

export const tooSlow = (ms: number): AppError =>
  new AppError(
    504,
    'download_timeout',
    `The download was not done after ${seconds(ms)}. Try again later, or raise BANGUI_HTTP_TIMEOUT_SECONDS.`,
  );

export const truncated = (host: string): AppError =>
  new AppError(
    502,
    'download_truncated',
    `${host} ended its answer before the list was whole. Nothing of it was used; try again later.`,
  );

/** `waitMs`: how long the server asks to be left alone; 0: it does not say. */
export const wrongStatus = (host: string, status: number, hint: string, waitMs = 0): AppError =>
  new AppError(502, 'download_status', `${host} answered ${status}. ${hint}`, {
    extra: { status },
    ...(waitMs === 0 ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) }),
  });

export const badRedirect = (message: string): AppError => new AppError(502, 'download_redirects', message);

export const wrongEncoding = (host: string): AppError =>
  new AppError(
    502,
    'download_encoding',
    `${host} packed its answer in a way that cannot be undone. Only gzip is asked for; tell whoever runs it.`,
  );

export const aborted = (): AppError => new AppError(503, 'download_aborted', 'The download was stopped.');

/** The code of a full disk is the one that uploads have, too. */
export const notStored = (cause: unknown): AppError =>
  ['ENOSPC', 'EDQUOT'].includes(codeOf(cause))
    ? new AppError(507, 'disk_full', 'The disk with the folder of the lists is full. Make room there.', {
        cause,
      })
    : new AppError(
        507,
        'download_not_stored',
        'The list could not be stored. See that BanGUI may write to the folder of the lists.',
        { cause },
      );

/** What Node said about a connection or an answer. `again`: it may go better the next time. */
export function connectionFailure(cause: unknown, host: string): { error: AppError; again: boolean } {
  const code = codeOf(cause);
  const unreachable = (message: string): AppError =>
    new AppError(502, 'download_unreachable', message, { cause });
  if (code.startsWith('HPE_')) {
    const message = `${host} did not answer as a web server does. Check the URL.`;
    return { error: new AppError(502, 'download_malformed', message, { cause }), again: false };
  }
  if (ofCertificates.test(code)) {
    const message = `The connection to ${host} is not safe (${code}): its certificate is wrong, or not known here.`;
    return { error: new AppError(502, 'download_tls', message, { cause }), again: false };
  }
  if (code === 'ENOTFOUND')
    return {
      error: unreachable(`There is no machine named ${host.replace(/:\d+$/, '')}. Check the URL.`),
      again: false,
    };
  return {
    error: unreachable(`${host} could not be reached${code === '' ? '' : ` (${code})`}. Try again later.`),
    again: true,
  };
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const ofCertificates = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_|EPROTO)/;
const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))} s`;
