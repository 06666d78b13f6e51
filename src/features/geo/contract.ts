/** The country, network and city data in use. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

export const geoData = endpoint({
  method: 'GET',
  path: '/api/v1/geo',
  summary: 'Which country, network and city data is in use, and of when it is',
  tag: 'geo',
  access: 'session',
  output: z.object({
    items: z.array(
      z.object({
        kind: z.enum(['country', 'network', 'city']),
        /** Null when nothing could be loaded. */
        date: z.iso.datetime().nullable(),
        /** False for a file of the operator's own. */
        bundled: z.boolean(),
        /** As the data names itself. */
        type: z.string(),
      }),
    ),
  }),
  status: 200,
});
