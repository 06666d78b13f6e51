/** Sign in, sign out, who am I. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';

const sessionView = z.object({
  user: z.object({ name: z.string(), role: z.string() }),
  expires_at: z.iso.datetime(),
  /** IANA zone chosen at set-up. */
  timezone: z.string(),
});

export const login = endpoint({
  method: 'POST',
  path: '/api/v1/auth/login',
  summary: 'Sign in; sets the session cookie',
  tag: 'auth',
  access: 'anyone',
  body: z.object({
    password: z.string().min(1).max(128),
    username: storable(z.string().min(1).max(64)).optional(),
  }),
  output: sessionView,
  status: 200,
});

export const logout = endpoint({
  method: 'POST',
  path: '/api/v1/auth/logout',
  summary: 'Sign out here, or on every device with `everywhere`',
  tag: 'auth',
  access: 'session',
  body: z.object({ everywhere: z.boolean().default(false) }).optional(),
  status: 204,
});

/** Needed before an edit of what runs code as root. */
export const confirm = endpoint({
  method: 'POST',
  path: '/api/v1/auth/confirm',
  summary: 'Type the password again; holds 5 minutes in this session',
  tag: 'auth',
  access: 'session',
  body: z.object({ password: z.string().min(1).max(128) }),
  status: 204,
});

export const session = endpoint({
  method: 'GET',
  path: '/api/v1/auth/session',
  summary: 'Who is signed in, and until when',
  tag: 'auth',
  access: 'session',
  output: sessionView,
  status: 200,
});
