/** What a log line looks like, and what never stands in one. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import { createLog } from './log.ts';

const record = z.record(z.string(), z.unknown());
function capture(level: 'debug' | 'info' | 'warning' | 'error' = 'debug') {
  const lines: string[] = [];
  const log = createLog({ level, format: 'json', write: (line) => void lines.push(line) });
  return { log, lines, last: () => record.parse(JSON.parse(lines.at(-1) ?? 'null')) };
}

test('a line is one JSON object with level, time, event and fields', () => {
  const { log, lines, last } = capture();
  log.warn('scheduler_lock_heartbeat_lost', { holder: 'a\nb' });
  expect(lines[0]?.trimEnd()).not.toContain('\n');
  expect(last()).toMatchObject({ level: 'warning', event: 'scheduler_lock_heartbeat_lost', holder: 'a\nb' });
  expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('lines below the chosen level are not written', () => {
  const { log, lines } = capture('warning');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines).toHaveLength(2);
});

test('passwords, tokens, secrets and cookies are hidden at any depth', () => {
  const { log, lines } = capture();
  const hidden = {
    password: 'p-hunter',
    nested: { session_token: 't-hunter', list: [{ Cookie: 'c-hunter' }] },
  };
  log.info('request', { ...hidden, session_secret: ['s-hunter'] });
  expect(lines.join('')).not.toContain('hunter');
});

test('an error is its type, message, code and cause, even without a message', () => {
  const { log, last } = capture();
  log.error('failed', {
    error: new TypeError('', { cause: Object.assign(new Error('low'), { code: 'EIO' }) }),
  });
  expect(last().error).toMatchObject({
    type: 'TypeError',
    message: 'TypeError',
    cause: { message: 'low', code: 'EIO' },
  });
  log.error('failed', { error: notFound('No such jail.') });
  expect(last().error).toEqual({ type: 'AppError', message: 'No such jail.', code: 'not_found' });
});

test('a value that points at itself does not break the line', () => {
  const { log, last } = capture();
  const circle: Record<string, unknown> = { name: 'circle' };
  circle.self = circle;
  log.info('circle', { circle });
  expect(last()).toMatchObject({ circle: { name: 'circle' } });
});

test('for a terminal a line is text', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'text', write: (line) => void lines.push(line) });
  log.info('bangui_ready', { url: 'http://127.0.0.1:8000', note: 'two words', error: new Error('why') });
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d info {4}bangui_ready url=http:\/\/127\.0\.0\.1:8000 note="two words" error="why"\n$/,
  );
});
