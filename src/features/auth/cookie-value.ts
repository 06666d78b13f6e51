/** The value of the session cookie: a random token and a signature that shows we gave it out. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function signToken(token: string, secret: string): string {
  return `${token}.${signature(token, secret)}`;
}

/** The token, or null when none of the secrets signed it. Costs no look into the database. */
export function readToken(value: string, secrets: readonly string[]): string | null {
  const match = /^([\w-]{43})\.([\w-]{43})$/.exec(value);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const token = match[1];
  // Compared as text: the last of 43 characters has two bits to spare, which decoding would let anybody change.
  const given = Buffer.from(match[2]);
  return secrets.some((secret) => timingSafeEqual(given, Buffer.from(signature(token, secret))))
    ? token
    : null;
}

/** What the database knows of a token: whoever reads the table cannot sign in with it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** 43 characters. */
function signature(token: string, secret: string): string {
  return createHmac('sha256', secret).update(token).digest('base64url');
}
