/** The endpoints of the history. */
import type { Mount } from '../../platform/http/mount.ts';
import { exportHistory, readHistory, readHistoryOf } from './contract.ts';
import { sendExport, type ExportDeps } from './export.ts';
import { readHistoryPage } from './read-page.ts';

interface HistoryRoutesDeps extends ExportDeps {
  mount: Mount;
}

/** `db` should answer off the main thread: see `platform/db/reader.ts`. */
export function historyRoutes({ mount, ...deps }: HistoryRoutesDeps): void {
  mount(readHistory, ({ query }) => readHistoryPage(deps, query));
  mount(readHistoryOf, ({ params, query }) => readHistoryPage(deps, { ...query, ip: params.ip }));
  mount(exportHistory, async ({ query }, call) => {
    await sendExport(deps, query, call);
    return undefined;
  });
}
