/** What instances tell each other about sessions. */
import { z } from 'zod';
import type { FanOut, Topic } from '../../platform/fan-out/fan-out.ts';

/** Ids of sessions that were ended before their time. */
export const endedSessionsTopic = (fanOut: FanOut): Topic<string> =>
  fanOut.topic('session_ended', z.string().max(128));
