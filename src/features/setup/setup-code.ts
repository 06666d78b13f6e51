/** The code that set-up from another machine asks for: whoever can read the log may choose the password. */
import { randomInt, timingSafeEqual } from 'node:crypto';

/** No letters that are read as one another. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Eight characters in two groups, e.g. `7K3M-Q9TX`: about 39 bits, tried at most some times a minute. */
export function newSetupCode(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** Case, spaces and the dash do not matter. */
export function isSetupCode(given: string | undefined, code: string): boolean {
  const bare = (text: string): Buffer => Buffer.from(text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''));
  const [left, right] = [bare(given ?? ''), bare(code)];
  return left.length === right.length && timingSafeEqual(left, right);
}
