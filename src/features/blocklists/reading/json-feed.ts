/** Finds the texts in JSON, piece by piece and in bounded memory: nothing is built of it. */
import { AppError } from '../../../base/errors.ts';
import type { Feed } from './line-feed.ts';

const longestText = 1_024;
const deepest = 64;

export interface TextTaker {
  /** The bytes after `end` are none of an address. */
  text(bytes: Buffer, end: number): void;
}

/**
 * Gives the texts that stand in arrays; with a member's name, those that stand under it, in an array there too. Values
 * one after the other, with or without new lines, are fine. `push` and `end` throw AppError 422 `list_json_broken`.
 */
export function createJsonFeed(member: string | null, taker: TextTaker): Feed {
  const wanted = member === null ? null : Buffer.from(member);
  const scratch = Buffer.alloc(longestText + 1);
  /** For each open array and object: whether its texts are wanted. An object's are when the name before them is. */
  const open: { isObject: boolean; gives: boolean }[] = [];
  let length = 0;
  let isText = false;
  let isEscaped = false;
  let hasEscapes = false;
  let isName = false;
  /** Whether a text that comes next is wanted. */
  let gives = wanted === null;
  let before = 0;

  const broken = (what: string): AppError =>
    new AppError(422, 'list_json_broken', `The list is no JSON as it should be: ${what}.`);

  const endText = (): void => {
    const inside = open.at(-1);
    const end = hasEscapes ? unescape(scratch, length) : length;
    scratch[end] = 0;
    if (isName) gives = wanted === null || wanted.equals(scratch.subarray(0, end));
    else if (gives && !(wanted === null && inside?.isObject === true)) taker.text(scratch, end);
  };

  const take = (byte: number, at: number): void => {
    const inside = open.at(-1);
    switch (byte) {
      case quote:
        isText = true;
        hasEscapes = false;
        length = 0;
        return;
      case openObject:
      case openArray:
        if (open.length === deepest) throw broken(`it is nested more than ${deepest} deep`);
        open.push({ isObject: byte === openObject, gives });
        isName = byte === openObject;
        if (byte === openObject && wanted !== null) gives = false;
        return;
      case closeObject:
      case closeArray:
        if (inside?.isObject !== (byte === closeObject))
          throw broken(`byte ${(before + at + 1).toLocaleString('en')} closes what is not open`);
        gives = inside.gives;
        open.pop();
        isName = false;
        return;
      case colon:
        isName = false;
        return;
      case comma:
        isName = inside?.isObject === true;
        return;
      default:
        if (!isOther(byte)) throw broken(`byte ${(before + at + 1).toLocaleString('en')} is not expected`);
    }
  };

  return {
    push(piece) {
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at] ?? 0;
        if (!isText) {
          take(byte, at);
        } else if (byte === quote && !isEscaped) {
          isText = false;
          endText();
        } else {
          isEscaped = byte === backslash && !isEscaped;
          if (byte === backslash) hasEscapes = true;
          // longer ones are no addresses, and cut they are none either
          if (length < longestText) scratch[length++] = byte;
        }
      }
      before += piece.length;
    },
    end() {
      if (isText || open.length > 0) throw broken('it ends before all is closed');
    },
  };
}

const quote = 0x22;
const backslash = 0x5c;
const openObject = 0x7b;
const closeObject = 0x7d;
const openArray = 0x5b;
const closeArray = 0x5d;
const colon = 0x3a;
const comma = 0x2c;

/** White space, and what numbers, `true`, `false` and `null` are made of. */
const others = new Set(Buffer.from(' \t\r\n0123456789+-.Eetrufalsn'));
const isOther = (byte: number): boolean => others.has(byte);

/** The new length; a text with wrong escapes stays as it is. */
function unescape(scratch: Buffer, length: number): number {
  try {
    const text: unknown = JSON.parse(`"${scratch.toString('utf8', 0, length)}"`);
    return scratch.write(String(text), 0, longestText);
  } catch {
    return length;
  }
}
