/** Limits that all instances share in Redis: one script a take, so that nobody comes in between; keys go by themselves. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { minuteMs, tokenSlack, triesKeptMs, type LimitPolicy, type LimitStore } from './limit.ts';

/**
 * `takeFrom` in Lua, by the clock of Redis: the clocks of the instances do not matter. Waits are passed as further
 * arguments after the pace and what is wanted. Answers tokens as a positive, a wait in ms as a negative number.
 */
const takeScript = `
local clock = redis.call('TIME')
local time = clock[1] * 1000 + clock[2] / 1000
local step, wanted, waits = tonumber(ARGV[1]), tonumber(ARGV[2]), #ARGV - 2
local known = redis.call('HMGET', KEYS[1], 'full', 'tries', 'tried')
local full = math.max(time, math.min(tonumber(known[1]) or 0, time + ${minuteMs}))
local tried = math.min(tonumber(known[3]) or 0, time)
local tries = tonumber(known[2]) or 0
if time - tried > ${triesKeptMs} then tries = 0 end
local ready = tried + tonumber(ARGV[3 + math.min(tries, waits - 1)])
local held = math.floor((time + ${minuteMs} - full) / step + ${tokenSlack})
local granted, wait = 0, 0
if ready > time then wait = ready - time
elseif held < 1 then wait = full + step - ${minuteMs} - time
else
  granted = math.min(wanted, held)
  full = full + granted * step
  tried = time
  if waits > 1 then tries = tries + 1 end
end
redis.call('HSET', KEYS[1], 'full', string.format('%.4f', full), 'tries', tries, 'tried', string.format('%.4f', tried))
local keep = full - time
if tries > 0 then keep = math.max(keep, tried + ${triesKeptMs} - time) end
redis.call('PEXPIRE', KEYS[1], math.ceil(keep) + 1)
if granted > 0 then return granted end
return -math.max(1, math.floor(wait + 0.5))
`;

export function createRedisLimits({ policy, redis }: { policy: LimitPolicy; redis: Redis }): LimitStore {
  const keyOf = (key: string): string => `bangui:limit:${policy.name}:${key}`;
  return {
    async take(key, wanted) {
      const step = minuteMs / policy.perMinute;
      const answer = z
        .int()
        .parse(await redis.eval(takeScript, 1, keyOf(key), step, wanted, ...policy.waitsMs));
      return answer > 0 ? { granted: answer, waitMs: 0 } : { granted: 0, waitMs: -answer };
    },
    async forget(key) {
      await redis.del(keyOf(key));
    },
    sweep: async () => 0,
  };
}
