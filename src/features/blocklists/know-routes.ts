/** The endpoints that tell what lists hold, and what one would do. */
import type { Kysely } from 'kysely';
import { AppError } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { readSimulation, simulation, whichLists, type Simulation } from './simulation-contract.ts';
import { requireSource } from './source-rows.ts';
import { findLists, type WhichListsDeps } from './which-lists.ts';

interface KnowRoutesDeps extends WhichListsDeps {
  mount: Mount;
  db: Kysely<Database>;
  hostId: string;
}

export function knowRoutes({ mount, db, hostId, ...deps }: KnowRoutesDeps): void {
  mount(whichLists, ({ params }) => findLists(deps, params.ip));
  mount(readSimulation, async ({ params }) => {
    const row = await requireSource({ db, hostId }, params.id);
    const stored = storedSimulation(row);
    if (stored === null)
      throw new AppError(404, 'not_simulated', 'Nobody has simulated this list in the form it has now.');
    return stored;
  });
}

/** Null: there is none, or one that an earlier version of BanGUI wrote in another form. */
function storedSimulation({ simulation: text }: { simulation: string | null }): Simulation | null {
  return text === null ? null : (simulation.safeParse(JSON.parse(text)).data ?? null);
}
