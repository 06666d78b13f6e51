/** One run that only finds out what a list would do: nothing is brought into force. */
import { z } from 'zod';
import { conflict } from '../../base/errors.ts';
import { newVersion, take, type ImportDeps, type ImportTools } from './import-source.ts';
import type { Simulate } from './simulate.ts';
import type { Simulation } from './simulation-contract.ts';
import { heldOf, type SourceRow } from './source-rows.ts';

const options = z.object({ fetch: z.boolean(), days: z.number() });

/** A version that waits for a person is what is looked at. Throws AppError when there is no version to be had. */
export async function simulateSource(
  deps: ImportDeps & { simulate: Simulate },
  source: SourceRow,
  { run, fence }: ImportTools,
): Promise<Simulation> {
  const { fetch, days } = options.parse(JSON.parse(run.row.options ?? '{}'));
  let name = heldOf(source)?.set_file ?? source.set_file;
  if (fetch || name === null) {
    const found = await newVersion(deps, source, run);
    if (found !== null) {
      name = 'held' in found ? found.held.set_file : found.version.set_file;
      // taking a version of a list that is on would bring it into force
      if ('version' in found && source.enabled === 0)
        await take(deps, { source, version: found.version, fence });
    }
  }
  if (name === null) throw conflict('list_never_read', 'This list was never read.');
  const setFile = deps.folder.setFile(name);
  return run.step(
    'simulate',
    () => deps.simulate({ sourceId: source.id, setFile, runId: run.row.id, days, signal: run.stop }),
    ({ history }) => `holds ${history.held} of ${history.attackers} attackers of ${days} days`,
  );
}
