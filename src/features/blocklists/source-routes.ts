/** The endpoints of sources. */
import type { Mount } from '../../platform/http/mount.ts';
import { catalogue } from './catalogue.ts';
import * as contract from './contract.ts';
import { readInForce } from './in-force.ts';
import { addSource, changeSource, keepSource, removeSource, type ChangesDeps } from './source-changes.ts';
import { readSourceRows, requireSource, viewSources } from './source-rows.ts';

export interface SourceRoutesDeps extends ChangesDeps {
  mount: Mount;
  /** Something is to be done: it need not wait for the next look. */
  hurry: () => void;
}

export function sourceRoutes(deps: SourceRoutesDeps): void {
  const { mount, hurry } = deps;
  const one = async (id: number): Promise<contract.Source> => {
    const [view] = await viewSources(deps, [await requireSource(deps, id)]);
    if (view === undefined) throw new Error('a row has no view');
    return view;
  };
  mount(contract.listSources, async () => {
    const items = await viewSources(deps, await readSourceRows(deps));
    return { items, next_cursor: null, total: items.length, ...(await readInForce(deps)) };
  });
  mount(contract.createSource, async ({ body }, call) => {
    const id = await addSource(deps, body, call);
    hurry();
    return one(id);
  });
  mount(contract.readSource, ({ params }) => one(params.id));
  mount(contract.updateSource, async ({ params, body }, call) => {
    await changeSource(deps, { id: params.id, body }, call);
    hurry();
    return one(params.id);
  });
  mount(contract.keepSource, async ({ params }, call) => {
    await keepSource(deps, params.id, call);
    return one(params.id);
  });
  mount(contract.deleteSource, async ({ params }, call) => {
    await removeSource(deps, params.id, call);
    hurry();
    return undefined;
  });
  mount(contract.readCatalogue, () => ({ items: catalogue }));
}
