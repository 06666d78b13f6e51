/** Free text that every database can hold: PostgreSQL has no NUL character in text. */
import type { z } from 'zod';

export const storable = (schema: z.ZodString): z.ZodString =>
  schema.refine((text) => !text.includes('\0'), 'Must not hold a NUL character');
