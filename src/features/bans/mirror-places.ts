/** Places the bans in force anew after other country or network data was loaded. */
import type { MirrorTools } from './mirror-parts.ts';

export interface MirrorPlaces {
  /** The data changed. */
  due(): void;
  /** Writes the rows whose place is another now. What is interrupted begins again at the next call. */
  run(stopped: () => boolean): Promise<void>;
}

const atOnce = 240;

export function createMirrorPlaces({ bans, takeTurn, looks, locate, log }: MirrorTools): MirrorPlaces {
  let wanted = false;

  async function walk(jail: string, stopped: () => boolean): Promise<number> {
    let placed = 0;
    for (let after = ''; ;) {
      const rows = stopped() ? [] : await takeTurn(() => bans.walk(jail, after, atOnce));
      const last = rows.at(-1);
      if (last === undefined) return placed;
      after = last.ip;
      const moved = rows.flatMap(({ ip, country, asn }) => {
        const place = locate(ip);
        return place.country === country && place.asn === asn ? [] : [ip];
      });
      placed += moved.length;
      await takeTurn(async () => {
        // as they are now: between the two turns some may have ended
        const known = await bans.known(jail, moved);
        await bans.change({ jail, puts: [...known.values()], removals: [], known, seen: looks.mark() });
      });
    }
  }

  return {
    due() {
      wanted = true;
    },
    async run(stopped) {
      if (!wanted) return;
      wanted = false;
      let placed = 0;
      for (const jail of bans.jails()) placed += await walk(jail, stopped);
      if (stopped()) wanted = true;
      else log.info('bans_placed_anew', { bans: placed });
    },
  };
}
