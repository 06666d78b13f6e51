/** What the parts of the mirror share. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { BanFeed } from '../../host/bans/feed.ts';
import type { Host } from '../../host/host.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { ActiveBans } from './active-bans.ts';
import type { Announcer } from './announcer.ts';
import type { Looks } from './looks.ts';
import type { TakeTurn } from './turns.ts';

export interface MirrorTools {
  host: Host;
  feed: BanFeed;
  bans: ActiveBans;
  takeTurn: TakeTurn;
  announcer: Announcer;
  looks: Looks;
  locate: Locate;
  now: Clock;
  log: Log;
}
