/** The endpoint that takes the file of a list, and has it read. */
import { conflict } from '../../base/errors.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import { uploadList } from './contract.ts';
import type { ListFolder } from './folder.ts';
import { queueRun } from './run-rows.ts';
import { told, type ChangesDeps } from './source-changes.ts';
import { requireSource } from './source-rows.ts';
import { takeUpload } from './upload.ts';

interface UploadRoutesDeps extends Pick<ChangesDeps, 'db' | 'hostId' | 'audit' | 'now'> {
  mount: Mount;
  folder: ListFolder;
  maxBytes: number;
  isEnforced: () => Promise<boolean>;
  hurry: () => void;
}

export function uploadRoutes(deps: UploadRoutesDeps): void {
  const { mount, folder, maxBytes } = deps;
  mount(uploadList, async ({ params }, call) => {
    const source = await requireSource(deps, params.id);
    if (source.url !== null)
      throw conflict('list_is_fetched', 'This list is fetched from its URL; a file is not uploaded for it.');
    const into = folder.uploadFile(source.id);
    const bytes = await takeUpload({ body: call.request.raw, into, call: call.correlationId, maxBytes });
    const run_id = await runIt(deps, source, call);
    await told(deps, call, {
      action: 'blocklists.upload',
      target: source.name,
      detail: { bytes, run: run_id },
    });
    return { bytes, run_id };
  });
}

/** Null while nothing can enforce it. */
async function runIt(
  { db, hostId, isEnforced, hurry, now }: UploadRoutesDeps,
  source: { id: number; name: string },
  call: Call,
): Promise<number | null> {
  if (!(await isEnforced())) return null;
  const actor = call.actor?.name ?? null;
  const id = await queueRun(db, { hostId, source, cause: 'person', actor, at: now() });
  hurry();
  return id;
}
