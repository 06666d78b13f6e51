/** Fields of one line of separated values. A line is a record: text in quotes does not go on in the next one. */

/** From `start` to before `end`, without quotes and the spaces around. */
export interface Field {
  start: number;
  end: number;
}

export interface Column {
  /** The byte between fields. */
  separator: number;
  /** From 0. */
  index: number;
}

const [quote, space, tab, carriage] = [0x22, 0x20, 0x09, 0x0d];

/** Moves `field`, first a whole line, to the column. False when the line has no such one, or its quotes are wrong. */
export function findField(bytes: Uint8Array, field: Field, { separator, index }: Column): boolean {
  const lineEnd = field.end;
  let at = field.start;
  for (let column = 0; ; column++) {
    while (at < lineEnd && isBlank(bytes[at], separator)) at += 1;
    let next: number;
    if (bytes[at] === quote && at < lineEnd) {
      const close = closingQuote(bytes, at + 1, lineEnd);
      field.start = at + 1;
      field.end = close;
      next = close + 1;
      while (next < lineEnd && isBlank(bytes[next], separator)) next += 1;
      if (close >= lineEnd || (next < lineEnd && bytes[next] !== separator)) return false;
    } else {
      next = at;
      while (next < lineEnd && bytes[next] !== separator) next += 1;
      field.start = at;
      field.end = next;
    }
    if (column === index) {
      while (field.end > field.start && isBlank(bytes[field.end - 1], separator)) field.end -= 1;
      return true;
    }
    if (next >= lineEnd) return false;
    at = next + 1;
  }
}

/** All fields as text, at most 1,000. */
export function splitFields(bytes: Buffer, line: Readonly<Field>, separator: number): string[] {
  const fields: string[] = [];
  while (fields.length < 1_000) {
    const field = { ...line };
    if (!findField(bytes, field, { separator, index: fields.length })) break;
    fields.push(bytes.toString('utf8', field.start, field.end));
  }
  return fields;
}

const isBlank = (byte: number | undefined, separator: number): boolean =>
  byte !== separator && (byte === space || byte === tab || byte === carriage);

/** A quote inside is written twice. */
function closingQuote(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] !== quote || bytes[at + 1] === quote)) at += bytes[at] === quote ? 2 : 1;
  return at;
}
