/** One jail in full: what the daemon runs it with, beside what the configuration says and where. */
import { relative } from 'node:path';
import type { EndpointOutput } from '../../base/endpoint.ts';
import { AppError } from '../../base/errors.ts';
import { locateJail } from '../../host/config/locate.ts';
import type { Host, JailName } from '../../host/host.ts';
import type { readJail } from './contract.ts';
import type { JailView } from './list-jails.ts';
import { lookAtPath } from './log-paths.ts';

type Detail = EndpointOutput<typeof readJail>;

interface DetailDeps {
  host: Host;
  /** fail2ban's. */
  configDir: string;
}

/** In the order in which one reads them. */
const options = [
  'enabled',
  'filter',
  'backend',
  'logpath',
  'journalmatch',
  'logencoding',
  'port',
  'protocol',
  'maxretry',
  'findtime',
  'bantime',
  'bantime.increment',
  'bantime.factor',
  'bantime.maxtime',
  'ignoreip',
  'ignoreself',
  'usedns',
  'banaction',
  'action',
] as const;

export async function readDetail(deps: DetailDeps, name: JailName, view: JailView): Promise<Detail> {
  const { host, configDir } = deps;
  const runs = view.state === 'running' || view.state === 'idle';
  const [runtime, places, paths] = await Promise.all([
    runs ? readRuntime(host, name) : null,
    locateJail(configDir, name),
    Promise.all(view.files.map(lookAtPath)),
  ]);
  return {
    ...view,
    runtime,
    configured: options.flatMap((option) => {
      const found = places.setting(option);
      if (found === null) return [];
      return [{ option, value: found.value, file: relative(configDir, found.file), line: found.line }];
    }),
    log_paths: paths.map(({ path, state, size, modifiedAt }) => ({
      path,
      state,
      size,
      modified_at: modifiedAt === null ? null : new Date(modifiedAt).toISOString(),
    })),
  };
}

/** Null when the jail has stopped meanwhile, or fail2ban does not answer: what else is known is still worth showing. */
async function readRuntime(host: Host, name: JailName): Promise<Detail['runtime']> {
  if (host.status().state !== 'online') return null;
  try {
    const { filter } = await host.rulesOf(name);
    return {
      expressions: filter.expressions,
      ignore_expressions: filter.ignore,
      prefix: filter.prefix,
      date_pattern: filter.datePattern,
      max_lines: filter.maxLines,
      time_zone: filter.timeZone,
      ignored: (await host.ignoreList(name)).length,
      actions: await host.actionsOf(name),
    };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
