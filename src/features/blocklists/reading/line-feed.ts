/** Cuts pieces of a text into lines. */

/** More of a line is never kept. */
export const longestLine = 4_096;

export interface Feed {
  push(piece: Buffer): void;
  end(): void;
}

/** A line is bytes from `start` to before `end`; of one that is longer than 4 KiB, its beginning. */
export interface LineTaker {
  line(bytes: Buffer, start: number, end: number): void;
  tooLong(beginning: Buffer): void;
}

export function createLineFeed({ line, tooLong }: LineTaker): Feed {
  /** Of a line whose end has not come. */
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  const keep = (part: Buffer): void => {
    if (part.length > longestLine) {
      tooLong(part.subarray(0, longestLine));
      skipping = true;
    } else rest = Buffer.from(part);
  };
  const give = (bytes: Buffer, start: number, end: number): void => {
    if (end - start > longestLine) tooLong(bytes.subarray(start, start + longestLine));
    else line(bytes, start, end);
  };
  return {
    push(piece) {
      let at = 0;
      if (skipping || rest.length > 0) {
        const end = piece.indexOf(newline);
        if (skipping && end < 0) return;
        if (!skipping) {
          const part = Buffer.concat([rest, piece.subarray(0, end < 0 ? longestLine + 1 : end)]);
          rest = rest.subarray(0, 0);
          if (end < 0) {
            keep(part);
            return;
          }
          give(part, 0, part.length);
        }
        skipping = false;
        at = end + 1;
      }
      for (let end = piece.indexOf(newline, at); end >= 0; end = piece.indexOf(newline, at)) {
        give(piece, at, end);
        at = end + 1;
      }
      if (at < piece.length) keep(piece.subarray(at));
    },
    end() {
      if (rest.length > 0) line(rest, 0, rest.length);
    },
  };
}

const newline = 0x0a;
