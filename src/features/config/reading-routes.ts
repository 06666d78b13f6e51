/** The endpoints that read the configuration; none of them changes anything. */
import { jailOptions } from '../../host/config/jail-options.ts';
import { examineLogPath } from '../../host/config/log-paths.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { listFiles, readFile } from './contract.ts';
import { effective, readDefinition } from './effective-contract.ts';
import {
  listConfigJails,
  listJailOptions,
  listTemplates,
  logPath,
  readConfigJail,
} from './jails-contract.ts';
import { readMerged } from './definition-view.ts';
import { effectiveOf } from './effective.ts';
import { listAll, readOne } from './files.ts';
import { listJails, readForm } from './jail-form.ts';
import { readOrThrow, type ReadingDeps } from './reading-deps.ts';
import { templates } from './templates.ts';

export function configReadingRoutes({ mount, ...deps }: ReadingDeps & { mount: Mount }): void {
  mount(listFiles, ({ query }) => listAll(deps, query.kind));
  mount(readFile, async ({ params }, { reply }) => withETag(reply, await readOne(deps, params)));
  mount(effective, async ({ query }) => effectiveOf(await readOrThrow(deps), query));
  mount(listConfigJails, () => listJails(deps));
  mount(readConfigJail, async ({ params }, { reply }) => withETag(reply, await readForm(deps, params.name)));
  mount(readDefinition, ({ params }) => readMerged(deps, params));
  mount(listTemplates, () => templates(deps));
  mount(logPath, ({ query }) => examineLogPath(query.path, deps.allowedLogDirs));
  mount(listJailOptions, () => {
    const items = jailOptions.map(({ name, type, sentence, fallback, choices, runsCode, ofFilter }) => ({
      name,
      type,
      sentence,
      default: fallback,
      choices: [...choices],
      runs_code: runsCode,
      of_filter: ofFilter,
    }));
    return { items, next_cursor: null, total: items.length };
  });
}

/** A file that is not there yet has none. */
function withETag<T extends { etag: string | null }>(
  reply: { header(name: string, value: string): unknown },
  answer: T,
): T {
  if (answer.etag !== null) reply.header('etag', answer.etag);
  return answer;
}
