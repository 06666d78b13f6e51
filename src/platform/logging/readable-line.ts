/** A JSON log line as text for a person at a terminal. */

/** `12:34:56 warning event_name key=value …`, ending in a newline. */
export function readableLine(json: string): string {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null) return json;
  const { time, level, event, ...fields } = { time: '', level: '', event: '', ...parsed };
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`);
  return [String(time).slice(11, 19), String(level).padEnd(7), event, ...facts].join(' ') + '\n';
}

function text(value: unknown): string {
  if (typeof value === 'string') return /^[\w./:-]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return JSON.stringify(value);
}
