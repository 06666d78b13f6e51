/** Password hashes: argon2id with 19 MiB and two passes, off the event loop, a few at a time. */
import { hash, verify } from '@node-rs/argon2';
import { tooManyRequests } from '../../base/errors.ts';

export interface Passwords {
  hash(password: string): Promise<string>;
  /** With `null` for the hash of an unknown user: takes as long, answers false. */
  verify(hash: string | null, password: string): Promise<boolean>;
}

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

interface PasswordsOptions {
  /** How many are computed at once: each takes 19 MiB and a core for about 20 ms. */
  atOnce?: number;
  /** How many may wait; further ones are refused with 429. */
  waiting?: number;
}

export function createPasswords({ atOnce = 2, waiting = 32 }: PasswordsOptions = {}): Passwords {
  const queue: (() => void)[] = [];
  let running = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw tooManyRequests('Many people sign in at this moment. Try again.', 2);
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody who comes later slips in between.
      const next = queue.shift();
      if (next === undefined) running--;
      else next();
    }
  };
  let ofNobody: Promise<string> | null = null;
  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFC'), cost)),
    async verify(known, password) {
      ofNobody ??= hash('the password of nobody', cost);
      const against = known ?? (await ofNobody);
      const matches = await inTurn(() => verify(against, password.normalize('NFC')));
      return matches && known !== null;
    },
  };
}
