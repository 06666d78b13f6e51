/** The shapes of the countries: drawn anew only when a colour changes, not while the map moves. */
import { memo } from 'react';
import type { World } from './world.ts';

export interface MapOption {
  id: string;
  /** Place in the order of counts, from 1 on. */
  place: number;
  step: number;
  label: string;
}

interface LandsProps {
  world: World;
  /** Countries with bans, by code. */
  options: ReadonlyMap<string, MapOption>;
  chosen: string | undefined;
  /** Shown as dots, which take their place as options. */
  hidden: ReadonlySet<string>;
}

export const Lands = memo(
  function Lands({ world, options, chosen, hidden }: LandsProps) {
    return world.lands.map(({ code, name, path }) => {
      const option = code === null || hidden.has(code) ? undefined : options.get(code);
      const step = code === null ? 0 : (options.get(code)?.step ?? 0);
      return (
        <path
          key={name}
          d={path}
          className={`map-land step-${step}`}
          {...(code === null ? {} : { 'data-code': code })}
          {...(option === undefined
            ? { 'aria-hidden': true }
            : {
                role: 'option',
                id: option.id,
                'aria-label': option.label,
                'aria-selected': code === chosen,
                'aria-posinset': option.place,
                'aria-setsize': options.size,
              })}
        />
      );
    });
  },
  (a, b) =>
    a.world === b.world && a.options === b.options && a.chosen === b.chosen && same(a.hidden, b.hidden),
);

const same = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((code) => b.has(code));
