/** The endpoint that shows how a list begins, before anything of it is taken. Nothing is kept. */
import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { conflict } from '../../base/errors.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Downloader } from '../../platform/download.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { previewSource } from './contract.ts';
import type { ListFolder } from './folder.ts';
import { previewList, type ListPreview } from './preview-list.ts';
import { formatOf, requireSource, type RowsDeps, type SourceRow } from './source-rows.ts';

interface PreviewDeps extends RowsDeps {
  mount: Mount;
  folder: ListFolder;
  downloader: Downloader;
}

const headBytes = 65_536;

export function previewRoutes(deps: PreviewDeps): void {
  deps.mount(previewSource, async ({ params }, call) => {
    const source = await requireSource(deps, params.id);
    const gone = new AbortController();
    call.reply.raw.once('close', () => gone.abort());
    return preview(deps, source, gone.signal);
  });
}

async function preview(
  deps: PreviewDeps,
  source: SourceRow,
  signal: AbortSignal,
): Promise<EndpointOutput<typeof previewSource>> {
  const wanted = formatOf(source);
  if (source.url === null) {
    const file = deps.folder.uploadFile(source.id);
    const { size } = await stat(file).catch(() => {
      throw conflict('list_not_uploaded', 'No file was uploaded for this list yet. Upload it first.');
    });
    return shown(source, { list: await previewList(file, wanted), contentType: null, bytes: size });
  }
  const into = deps.folder.incomingFile(`preview-${randomUUID()}`);
  try {
    const request = { url: source.url, into, etag: null, lastModified: null, firstBytes: headBytes, signal };
    const answer = await deps.downloader.fetch(request);
    if (answer.kind === 'unchanged') throw new Error('nothing was known that could be unchanged');
    const { contentType, complete, bytes } = answer;
    const list = await previewList(into, wanted);
    return shown(source, { list, contentType, bytes: complete ? bytes : null });
  } finally {
    await rm(into, { force: true });
  }
}

interface Seen {
  list: ListPreview;
  contentType: string | null;
  /** Of the whole list; null: only its beginning was fetched. */
  bytes: number | null;
}

function shown(source: SourceRow, { list, contentType, bytes }: Seen): EndpointOutput<typeof previewSource> {
  const { format, lines, columns, looksLike } = list;
  return {
    // what is no list is shown as the text it is
    format: looksLike === 'list' ? format : { kind: 'lines' },
    lines,
    columns,
    entries: source.entries,
    content_type: contentType,
    bytes,
    fetched: source.url !== null,
  };
}
